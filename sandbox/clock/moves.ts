// How often a clock was moved by this process. Who goes by a clock's file in the same process reads it anew when this has changed: not a moment later.
export const moves = { made: 0 };
