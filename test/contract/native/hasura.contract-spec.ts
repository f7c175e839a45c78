import { decodeJwt } from 'jose';
import { anAccount, bearer, signIn, tokensIn } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';

const NAMESPACE = 'https://hasura.io/jwt/claims';

it('with HASURA_CLAIMS=true every access token has the claims object', async () => {
  const service = await startDescribedApp({ environment: { HASURA_CLAIMS: 'true' } });
  const owner = await anAccount(service);
  const tokens = await signIn(service, owner);
  const claims = decodeJwt(tokens.access);
  const plain = {
    'x-hasura-user-id': claims.sub,
    'x-hasura-allowed-roles': ['user'],
    'x-hasura-default-role': 'user',
  };
  expect(claims[NAMESPACE]).toEqual(plain);
  const again = await service.post('/auth/reauthenticate', { password: owner.password }, bearer(tokens));
  expect(decodeJwt(tokensIn(again).access)[NAMESPACE]).toEqual(plain);
  await service.database.dataSource.query(`UPDATE users SET roles = '{admin,user}' WHERE email = $1`, [owner.email]);
  const refreshed = await service.post('/auth/token/refresh', { refresh_token: tokens.refresh });
  expect(decodeJwt(tokensIn(refreshed).access)[NAMESPACE]).toEqual({
    ...plain,
    'x-hasura-allowed-roles': ['user', 'admin'],
  });
  expect((await service.get('/user/me', bearer(tokensIn(refreshed)))).statusCode).toBe(200);
  await service.close();
});

it('as it comes no access token has it', async () => {
  const service = await startDescribedApp();
  const { access } = await signIn(service, await anAccount(service));
  expect(Object.keys(decodeJwt(access)).filter((name) => name.includes('hasura'))).toEqual([]);
  await service.close();
});
