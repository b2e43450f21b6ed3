//! Three hundred passwords under each profile, against the table in `matrix.txt`.
//!
//! Each line of the table is one password, in quotes, and what each profile finds wrong with it.
//! After a change of the rules, the failing test says what the table should read; each line that differs
//! is a decision to be looked at. Contract: R16.

use std::fmt::Write as _;

use passgate_gate::policy::{Profile, Violation};
use passgate_testing::quoted::unquoted;

use crate::violations;

const TABLE: &str = include_str!("matrix.txt");

#[test]
fn three_hundred_passwords_are_judged_as_the_table_says() {
    // R16; ecgrid-rest 4.1, ecgridos-soap 4.3, omnitracs-soap 4.2.
    let mut judged = 0;
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let (quoted, _) = line.split_once('\t').expect("a password, a tab, and four verdicts");
        assert_eq!(row(quoted), line);
        judged += 1;
    }
    assert!(judged >= 300, "{judged}");
}

fn row(quoted: &str) -> String {
    let password = unquoted(quoted);
    let mut row = quoted.to_owned();
    for profile in Profile::ALL {
        let names: Vec<_> = violations(profile, &password).into_iter().map(Violation::name).collect();
        let verdict = if names.is_empty() { "ok".to_owned() } else { names.join("+") };
        write!(row, "\t{verdict}").expect("a string takes all");
    }
    row
}
