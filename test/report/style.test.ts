import t from 'tap';
import { style } from '../../src/report/style.js';

type Scheme = Readonly<Record<string, string>>;

const colours = (css: string): Scheme =>
  Object.fromEntries([...css.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, hex]) => [name!, hex!]));
const [light, dark] = style.split('prefers-color-scheme: dark').map(colours) as [Scheme, Scheme];
const schemes = { light, dark: { ...light, ...dark } };

/** WCAG 2.2, relative luminance of an sRGB colour. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [bright, dim] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (bright + 0.05) / (dim + 0.05);
}

const texts: readonly (readonly [text: string, ground: string])[] = [
  ...['ink', 'soft', 'accent', 'good', 'bad'].map((text) => [text, 'ground'] as const),
  ...['ink', 'soft'].map((text) => [text, 'raised'] as const),
  ...['step0', 'step3', 'step4'].map((step) => ['on-dark', step] as const),
  ...['step1', 'step2'].map((step) => ['on-light', step] as const),
];

for (const [name, scheme] of Object.entries(schemes))
  t.test(`every text of the ${name} page stands out by 4.5 to 1 (WCAG AA)`, async (t) => {
    for (const [text, ground] of texts) {
      const ratio = contrast(scheme[text]!, scheme[ground]!);
      t.ok(ratio >= 4.5, `${text} on ${ground}: ${ratio.toFixed(2)}`);
    }
  });

for (const [name, scheme] of Object.entries(schemes))
  t.test(`every picture of the ${name} page stands out from its ground by 3 to 1`, async (t) => {
    for (const shape of ['step0', 'step3', 'step4', 'accent', 'bad']) {
      const ratio = contrast(scheme[shape]!, scheme.ground!);
      t.ok(ratio >= 3, `${shape}: ${ratio.toFixed(2)}`);
    }
  });

t.test('the words of a tile are not made fainter than their colour', async (t) => {
  t.notMatch(style, /text[^}]*opacity/);
});
