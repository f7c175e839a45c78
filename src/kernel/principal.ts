/** Who makes a request, as a live access token says. */
export interface Principal {
  /** The account's uuid. */
  readonly userId: string;
  readonly sessionId: string;
  /** When this session last proved who it is. */
  readonly authenticatedAt: Date;
  /** Authentication method references (RFC 8176), such as `pwd`, `otp`. */
  readonly amr: readonly string[];
}

/** Where a request comes from: what the core may know of the caller without knowing HTTP. */
export interface Caller {
  /** The caller's address as the trusted proxies tell it. */
  readonly ip: string;
  /** The caller's network: an IPv4 address or an IPv6 /64, in one canonical spelling. */
  readonly network: string;
  readonly userAgent: string | null;
  readonly requestId: string;
  /** The contract that the request speaks, as a name the core only hands on. */
  readonly contract: string;
  /** What the browser or app presented as its device token, unchecked. */
  readonly deviceToken: string | null;
  /** The session whose live access token came along; null without one. */
  readonly sessionId: string | null;
  /** What it presented as refresh tokens, of whatever contract, unchecked. */
  readonly refreshTokens: readonly string[];
}
