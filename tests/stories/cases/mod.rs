//! What happens in real companies, one story a case. The README of the tests maps them.

mod absence;
mod approvals;
mod changes;
mod companies;
mod conversion;
mod endings;
mod gone;
mod logins;
mod managers;
mod ownership;
mod reads;
mod rehire;
mod rescinded;
mod starts;
mod trouble;
mod zones;
