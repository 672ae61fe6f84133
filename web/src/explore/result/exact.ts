/** A number without loss: `units` divided by ten to the power of `scale`. */
export type Exact = { units: bigint; scale: number };

const power = (places: number): bigint => 10n ** BigInt(places);

/** Reads a double by its shortest digits, as the server does; undefined for what is not finite. */
export function exactOf(value: number | bigint): Exact | undefined {
  if (typeof value === "bigint") return { units: value, scale: 0 };
  if (!Number.isFinite(value)) return undefined;
  const [mantissa = "0", exponent = "0"] = String(value).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const scale = fraction.length - Number(exponent);
  const units = BigInt(whole + fraction);
  const sign = Object.is(value, -0) ? 0n : units;
  return scale >= 0 ? { units: sign, scale } : { units: sign * power(-scale), scale: 0 };
}

export const isNegative = (number: Exact): boolean => number.units < 0n;
export const absolute = (number: Exact): Exact => (number.units < 0n ? { ...number, units: -number.units } : number);

/** Moves the point to the right by `by` places, to the left when negative. */
export function shifted(number: Exact, by: number): Exact {
  const scale = number.scale - by;
  return scale >= 0 ? { units: number.units, scale } : { units: number.units * power(-scale), scale: 0 };
}

/** Rounds a number that is not negative, halves up, to exactly `places` decimals. */
export function rounded(number: Exact, places: number): Exact {
  const surplus = number.scale - places;
  if (surplus <= 0) return { units: number.units * power(-surplus), scale: places };
  const step = power(surplus);
  const half = (number.units % step) * 2n >= step ? 1n : 0n;
  return { units: number.units / step + half, scale: places };
}

/** Writes every digit that is there: `1234.50`. */
export function plain(number: Exact): string {
  const sign = number.units < 0n ? "-" : "";
  const digits = String(number.units < 0n ? -number.units : number.units).padStart(number.scale + 1, "0");
  const whole = digits.slice(0, digits.length - number.scale);
  return number.scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(digits.length - number.scale)}`;
}

/** Parts the thousands of a number written plainly. */
export function grouped(written: string, mark = ","): string {
  const [whole = "", fraction] = written.split(".");
  const parted = whole.replace(/\B(?=(?:\d{3})+$)/g, mark);
  return fraction === undefined ? parted : `${parted}.${fraction}`;
}

/** Writes with parted thousands and no more decimals than say something. */
export function shortest(number: Exact): string {
  const written = grouped(plain(number));
  return written.includes(".") ? written.replace(/0+$/, "").replace(/\.$/, "") : written;
}

export function toNumber(number: Exact): number {
  return number.scale === 0 ? Number(number.units) : Number(plain(number));
}
