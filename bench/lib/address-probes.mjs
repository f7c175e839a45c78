/** An address gets 5 mails of a kind an hour and locks after 10 wrong passwords: below both, each request is alike. */
const USES_OF_AN_ADDRESS = 2;
const PASSWORD = 'correct horse battery staple';

const ROUTES = [
  { path: '/auth/register', bodyFor: (email) => ({ email, password: PASSWORD }), status: 204 },
  { path: '/auth/activate/request', bodyFor: (email) => ({ email }), status: 204 },
  { path: '/auth/change-password/request', bodyFor: (email) => ({ email }), status: 204 },
  { path: '/auth/login', bodyFor: (email) => ({ email, password: `not ${PASSWORD}` }), status: 401, isGuess: true },
];

let round = 0;

/** Whether an address has an account. Each sample has addresses of its own, so that no limit on an address is ever met. */
export const addressProbes = ROUTES.map(({ bodyFor, ...route }) => ({
  ...route,
  name: route.path,
  sides: ['known', 'unknown'],
  async requestsFor(service, count) {
    round += 1;
    const size = Math.ceil(count / USES_OF_AN_ADDRESS);
    const named = (side) => Array.from({ length: size }, (_, index) => `${side}-${round}-${index}@example.org`);
    const addresses = { known: named('known'), unknown: named('other') };
    await service.createAccounts(
      addresses.known.map((email) => ({ email })),
      PASSWORD,
    );
    return (side, index) => ({ body: bodyFor(addresses[side][index % size]) });
  },
}));
