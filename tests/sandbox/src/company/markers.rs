//! Recognizable private values that every person carries.
//!
//! A reader of UKG has no use for any of them. Stories search whatever the reader wrote for these
//! texts; one hit is a leak.

/// Every social security number starts with this.
pub const SSN: &str = "SSNMARK-";
/// Every national id starts with this.
pub const NATIONAL_ID: &str = "NATMARK-";
/// Every birth date is in this year, which nobody at work was born in.
pub const BIRTH_YEAR: &str = "1907-";
/// Every health field holds this.
pub const HEALTH: &str = "HEALTHMARK";
/// The whole part of every salary.
pub const SALARY: &str = "31337.";
/// Every home address starts with this.
pub const HOME_ADDRESS: &str = "ADDRMARK ";
/// Every home phone number starts with this.
pub const HOME_PHONE: &str = "5550107";
/// Every ethnicity description is this.
pub const ETHNICITY: &str = "ETHNICMARK";
/// Notes on a contract.
pub const NOTES: &str = "NOTEMARK";

/// All of them, for a search.
pub const ALL: [&str; 9] =
    [SSN, NATIONAL_ID, BIRTH_YEAR, HEALTH, SALARY, HOME_ADDRESS, HOME_PHONE, ETHNICITY, NOTES];
