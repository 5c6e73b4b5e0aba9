"""电子证照库: fetches the applicant's e-licences with consent and keeps what we issue. Law: 电子证照接口规范."""
