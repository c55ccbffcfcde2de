// Numbers of people and things, in words.

export const people = (count: number) => (count === 1 ? "1 person" : `${count.toLocaleString("en")} people`);
export const plural = (count: number, one: string, many: string) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
