"""Messages to applicants by SMS: wording, sending, the log, and the operators' contacts. Law: SH-047."""
