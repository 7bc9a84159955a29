// What can be said of a form's fields before they are sent: the refusal codes of registration, which decides.

// GB 11643, annex: weights of the first 17 digits, and the check digit by the remainder.
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = '10X98765432';

function isDate(text) {
  const [year, month, day] = [text.slice(0, 4), text.slice(4, 6), text.slice(6, 8)].map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1900 && date <= new Date();
}

// '' when nothing speaks against it.
export function faultOfIdNumber(entered) {
  const number = entered.replace(/\s/g, '').toUpperCase();
  if (number === '') return 'missing_value';
  if (/^[A-Z]/.test(number)) return number.length === 15 ? '' : 'wrong_length';  // a foreigner's residence permit
  if (!/^\d*X?$/.test(number)) return 'bad_character';
  if (number.length !== 18) return 'wrong_length';
  if (!isDate(number.slice(6, 14))) return 'impossible_date';
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(number[place]), 0);
  return CHECK_DIGITS[sum % 11] === number[17] ? '' : 'wrong_check_digit';
}

export function faultOfPhone(entered) {
  const phone = entered.replace(/[\s-]/g, '').replace(/^(\+|00)86/, '');
  if (phone === '') return 'missing_value';
  return /^1[3-9]\d{9}$/.test(phone) ? '' : 'bad_phone';
}

export function faultOfName(entered) {
  const name = entered.trim();
  if (name === '') return 'missing_value';
  if (/[\d<>@#]/.test(name)) return 'bad_character';
  return [...name].length < 2 ? 'wrong_length' : '';
}

export function faultOfEmail(entered) {
  return entered === '' || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(entered) ? '' : 'bad_email';
}
