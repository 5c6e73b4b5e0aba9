/** Named formats of form fields, the browser's twin of the server's: the same text in, the same sentence out. Judges text only. */

export type Reason = readonly [zh: string, en: string];
type Format = (value: string) => Reason | null;

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_CHECKS = '10X98765432';
const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
// Ideographs: zero, unified, compatibility, extensions A, B to F, compatibility supplement, G, H, I.
const HAN = '\\u3007\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{2ee5d}\\u{2f800}-\\u{2fa1f}\\u{30000}-\\u{323af}';
const LATIN = 'A-Za-zÀ-ÖØ-öø-ɏ';
const HAN_NAME = new RegExp(`^[${HAN}]{1,30}(?:·[${HAN}]{1,30}){0,5}$`, 'u');
const LATIN_NAME = new RegExp(`^[${LATIN}]+(?:[ '’.·-]{1,2}[${LATIN}]+){0,9}\\.?$`, 'u');
const PRIVATE_USE = /[\u{e000}-\u{f8ff}\u{f0000}-\u{10ffff}]/u;

/** The 18th character of a resident identity number (GB 11643). */
export function idCardCheckDigit(first17: string): string {
  return ID_CHECKS[[...first17].reduce((sum, d, i) => sum + Number(d) * ID_WEIGHTS[i]!, 0) % 11]!;
}

/** The 18th character of a unified social credit code (GB 32100). */
export function usccCheckDigit(first17: string): string {
  let power = 1;
  let total = 0;
  for (const c of first17) { total += USCC_ALPHABET.indexOf(c) * power; power = (power * 3) % 31; }
  return USCC_ALPHABET[(31 - (total % 31)) % 31]!;
}

/** ISO/IEC 7812 check digit. */
export function luhnIsRight(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, d, i) => { const n = Number(d) * (i % 2 ? 2 : 1); return total + (n > 9 ? n - 9 : n); }, 0);
  return sum % 10 === 0;
}

/** Whether this is a day of the calendar (year, month and day as written). */
export function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
}

function idCard(value: string): Reason | null {
  if (/^\d{15}$/.test(value)) return ['15位旧身份证号码已停用，请填写18位号码', '15-digit numbers are out of use; enter the 18-digit number'];
  if (!/^[0-9]{17}[0-9X]$/.test(value)) return ['身份证号码应为18位（末位可为X）', 'An identity number has 18 characters (the last may be X)'];
  const year = Number(value.slice(6, 10));
  if (year < 1880 || !isDay(year, Number(value.slice(10, 12)), Number(value.slice(12, 14)))) return ['身份证号码中的出生日期不存在，请核对第7至14位', 'The birth date in positions 7 to 14 does not exist'];
  if (idCardCheckDigit(value.slice(0, 17)) !== value[17]) return ['身份证号码校验位不正确，请逐位核对', 'The check digit is wrong; compare digit by digit'];
  return null;
}

function uscc(value: string): Reason | null {
  if (value.length !== 18 || [...value].some((c) => !USCC_ALPHABET.includes(c))) return ['统一社会信用代码应为18位数字或大写字母（不含I、O、S、V、Z）', 'A credit code has 18 digits or capitals without I, O, S, V, Z'];
  if (usccCheckDigit(value.slice(0, 17)) !== value[17]) return ['统一社会信用代码校验位不正确，请逐位核对', 'The check character is wrong; compare digit by digit'];
  return null;
}

function bankCard(value: string): Reason | null {
  if (!/^\d{16,19}$/.test(value)) return ['银行卡号应为16至19位数字', 'A bank card number has 16 to 19 digits'];
  return luhnIsRight(value) ? null : ['银行卡号校验位不正确，请逐位核对', 'The check digit is wrong; compare digit by digit'];
}

function name(value: string): Reason | null {
  const long = [...value].length >= 2;
  if (long && (HAN_NAME.test(value) || LATIN_NAME.test(value))) return null;
  if (PRIVATE_USE.test(value)) return ['姓名中有自造字，请改用国家标准（GB 18030）中的字；如无法输入，请到窗口办理', 'The name holds a private-use character; use the GB 18030 character or apply at the window'];
  return ['姓名应为2个以上汉字（少数民族姓名用“·”分隔）或证件上的拉丁字母姓名', 'A name has two or more Chinese characters (parts joined by ·) or Latin letters as on the passport'];
}

const pattern = (source: string, zh: string, en: string): Format => {
  const whole = new RegExp(`^(?:${source})$`, 'u');
  return (value) => (whole.test(value) ? null : [zh, en]);
};

function day(value: string): Reason | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  return found && isDay(Number(found[1]), Number(found[2]), Number(found[3])) ? null : ['日期应为真实存在的日期，写作 2026-01-31', 'Enter an existing date as 2026-01-31'];
}

function anyPersonNumber(value: string): Reason | null {
  const length = [...value].length;
  if (length === 15 || length === 18 || (/^\d+$/.test(value) && length > 10)) return idCard(value);
  if (['passport', 'hk-mo-permit', 'tw-permit'].some((kind) => FORMATS[kind]!(value) === null)) return null;
  return ['证件号码不符合身份证、护照或港澳台居民证件的格式', 'This is no number of an identity card, passport or permit of Hong Kong, Macao or Taiwan residents'];
}

export const FORMATS: Readonly<Record<string, Format>> = {
  'cn-id-card': idCard,
  'cn-uscc': uscc,
  'cn-mobile': pattern('1[3-9]\\d{9}', '手机号码应为11位数字，以1开头', 'A mobile number has 11 digits and begins with 1'),
  'cn-bank-card': bankCard,
  'cn-name': name,
  'person-number': anyPersonNumber,
  passport: pattern('(?=.*\\d)[A-Z0-9]{6,12}', '护照号码应为6至12位大写字母和数字', 'A passport number has 6 to 12 capitals and digits'),
  'hk-mo-permit': pattern('[HM]\\d{8}(\\d{2})?', '港澳居民来往内地通行证号码应以H或M开头，后接8位数字', 'The permit begins with H or M and 8 digits'),
  'tw-permit': pattern('\\d{8}|\\d{10}[A-Z]?', '台湾居民来往大陆通行证号码应为8位数字', 'The permit has 8 digits'),
  'hk-mo-tw-residence': (value) => (['81', '82', '83'].includes(value.slice(0, 2)) ? idCard(value) : ['港澳台居民居住证号码应以81、82或83开头', 'The number begins with 81, 82 or 83']),
  'gs-file': pattern('[A-Za-z0-9_-]{1,64}', '文件编号无效，请重新上传', 'This is no uploaded file; upload it again'),
  date: day,
};

// Formats whose spaces and hyphens are only grouping.
const COMPACT = new Set(['cn-id-card', 'cn-uscc', 'cn-mobile', 'cn-bank-card', 'person-number', 'passport', 'hk-mo-permit', 'tw-permit', 'hk-mo-tw-residence']);

/** Full-width digits, letters and signs as ordinary ones; ideographs stay as they are. */
export const narrow = (text: string): string => text.replace(/[\u3000\uff01-\uff5e]/g, (c) => (c === '\u3000' ? ' ' : String.fromCharCode(c.charCodeAt(0) - 0xfee0)));

/** What the person meant: without grouping, full-width digits or stray spaces, the check letter in upper case. */
export function normaliseText(text: string, format?: string): string {
  if (format && COMPACT.has(format)) {
    const compact = narrow(text).replace(/[\s\-—–_]/g, '').toUpperCase();
    return format === 'cn-mobile' ? compact.replace(/^(\+?86)(?=1\d{10}$)/, '') : compact;
  }
  if (format === 'cn-name') return narrow(text.replace(/[•・‧．∙⋅]/g, '·')).replace(/\s+/g, ' ').replace(/(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])/g, '').trim();
  if (format === 'date') {
    const plain = narrow(text).trim();
    const found = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(plain);
    return found ? `${found[1]}-${found[2]!.padStart(2, '0')}-${found[3]!.padStart(2, '0')}` : plain;
  }
  return text.trim();
}

/** A number as typed: full-width digits and thousands separators are accepted; what is no number stays text and is told so. */
export function normaliseNumber(text: string): string {
  return narrow(text).replace(/[\s,，]/g, '').replace(/。/g, '.').replace(/元$/, '');
}
