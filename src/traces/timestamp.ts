const DATE = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,12}))?\s*(?:(Z|UTC)|([+-])(\d\d):?(\d\d)?)?$/i;

/**
 * ms of the Unix epoch of a date such as `2023-11-16 18:17:03.9799600` or `2024-05-10 00:00:00+00:00`: any number of fractional digits, or none; UTC
 * where it names no zone. Undefined for what is no date. A double keeps it to a quarter of a microsecond.
 */
export function parseDate(text: string): number | undefined {
  const match = DATE.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, , sign, hours, minutes] = match;
  const whole = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const parts = [
    Number(month) <= 12,
    Number(day) <= 31,
    Number(hour) <= 23,
    Number(minute) <= 59,
    Number(second) <= 60,
  ];
  if (parts.includes(false)) return undefined;
  const offset = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes ?? 0)) * (sign === "-" ? -1 : 1);
  return whole - offset * 60_000 + (fraction === undefined ? 0 : Number(`0.${fraction}`) * 1000);
}
