"""Pages without a login: public notices (masked), objections with a receipt, verification of a document."""
