// Why somebody got no seat, in training's own words.
import refusals from '../../../../../../schemas/training/refusals.json';
import { language } from '@gonghui/shared/language';

export const refusalWords = (code) => refusals[code]?.[language.value] ?? code;
