/** The mark of Polaris. */
export function Star({ size = 16 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path
        fill="var(--accent)"
        d="M16 1c1.600 9 5 13.400 15 15-10 1.600-13.400 6-15 15-1.600-9-5-13.400-15-15 10-1.600 13.400-6 15-15z"
      />
    </svg>
  );
}
