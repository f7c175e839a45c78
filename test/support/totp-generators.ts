import { Secret, TOTP as OtpauthTotp } from 'otpauth';
import { generateSync } from 'otplib';
import { generateConfig, Totp as Time2faTotp } from 'time2fa';
import { TOTP as TotpGeneratorTotp } from 'totp-generator';

/** The code of a base32 secret at an instant, as an authenticator app shows it. */
export type TotpGenerator = (secret: string, instant: Date) => Promise<string>;

/** Generators that others wrote: what people's authenticator apps are like. */
export const totpGenerators: Readonly<Record<string, TotpGenerator>> = {
  otplib: (secret, instant) => Promise.resolve(generateSync({ secret, epoch: instant.getTime() / 1000 })),
  otpauth: (secret, instant) =>
    Promise.resolve(new OtpauthTotp({ secret: Secret.fromBase32(secret) }).generate({ timestamp: instant.getTime() })),
  'totp-generator': async (secret, instant) =>
    (await TotpGeneratorTotp.generate(secret, { timestamp: instant.getTime() })).otp,
  time2fa: (secret, instant) => {
    // it takes the time from the machine and from nowhere else
    const machine = jest.spyOn(Date, 'now').mockReturnValue(instant.getTime());
    try {
      const [code = ''] = Time2faTotp.generatePasscodes({ secret }, generateConfig({ secretSize: 20 }));
      return Promise.resolve(code);
    } finally {
      machine.mockRestore();
    }
  },
};
