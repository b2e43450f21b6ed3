//! The crate through its public door: two services of very different making, declared in [`bookshop`],
//! called as clients call them. What a rule is good for stands in the contract rows that tests cite.

mod bookshop;
mod description;
mod envelopes;
mod faults;
mod forms;
mod hostile;
mod namespaces;
mod pages;
mod roundtrip;
mod values;
