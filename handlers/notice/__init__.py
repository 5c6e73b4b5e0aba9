"""Public notices 公示: publishing masked, closing at the end, settling objections. Law: SH-043, SH-044."""
