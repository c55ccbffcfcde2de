type Props = { low: number; point: number; high: number; label: string; lowText: string; highText: string };

/** Where a value lies within `[from, to]`, in percent of the width. */
function place(value: number, from: number, to: number): number {
  return to === from ? 50 : ((value - from) / (to - from)) * 100;
}

/** An estimate with its interval on a line, and where zero is. */
export function IntervalPlot({ low, point, high, label, lowText, highText }: Props) {
  const span = Math.max(high, 0) - Math.min(low, 0) || 1;
  const [from, to] = [Math.min(low, 0) - span * 0.06, Math.max(high, 0) + span * 0.06];
  const at = (value: number) => `${place(value, from, to)}%`;
  return (
    <svg role="img" aria-label={label} width="100%" height="58" style={{ display: "block", maxWidth: 720 }}>
      <line x1="0" x2="100%" y1="24" y2="24" stroke="#e3e3e3" strokeWidth="2" />
      <line x1={at(0)} x2={at(0)} y1="8" y2="40" stroke="#8a8a8a" strokeDasharray="3 3" />
      <line x1={at(low)} x2={at(high)} y1="24" y2="24" stroke="#0c7c59" strokeWidth="6" strokeLinecap="round" />
      <circle cx={at(point)} cy="24" r="8" fill="#0c7c59" stroke="#fff" strokeWidth="3" />
      <g fontSize="12" fill="#616161" textAnchor="middle">
        <text x={at(low)} y="54">
          {lowText}
        </text>
        <text x={at(high)} y="54">
          {highText}
        </text>
        {Math.abs(low) > span * 0.12 && Math.abs(high) > span * 0.12 ? (
          <text x={at(0)} y="54">
            0
          </text>
        ) : null}
      </g>
    </svg>
  );
}
