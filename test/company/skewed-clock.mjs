// Loaded before a server's own code. It puts the server's clock ahead by TEST_AHEAD_MS, or behind for a negative number.
const aheadMs = Number(process.env.TEST_AHEAD_MS);
const Real = Date;

class Skewed extends Real {
  constructor(...parts) {
    if (parts.length === 0) super(Real.now() + aheadMs);
    else super(...parts);
  }

  static now() {
    return Real.now() + aheadMs;
  }
}

globalThis.Date = Skewed;
