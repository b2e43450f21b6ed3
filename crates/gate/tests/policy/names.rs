//! Passwords that name the user, the company or the product.

use passgate_gate::password::Password;
use passgate_gate::policy::{Names, Policy, Profile, Violation};

use crate::check;

#[test]
fn a_password_naming_its_owner_the_company_or_the_product_is_rejected() {
    // ecgrid-rest 3 #23, R13: all four names of the target, those of the product, in any letter case.
    check(Profile::NoComposition, "Northern Freight", &[Violation::Name]);
    check(Profile::NoComposition, "northern FREIGHT", &[Violation::Name]);
    check(Profile::NoComposition, "Passgate", &[Violation::Name]);
    check(Profile::NoComposition, "ecgridOS", &[Violation::Name]);
    check(Profile::NoComposition, "OMNITRACS", &[Violation::Name]);
    let short = Violation::TooShort { min: 8 };
    for name in ["J.Smith", "northco", "ecgrid"] {
        check(Profile::NoComposition, name, &[short, Violation::Name]);
    }
    check(Profile::NoComposition, "jSmith", &[short, Violation::Common, Violation::Name]);
}

#[test]
fn a_name_that_fits_the_profile_is_rejected_all_the_same() {
    // ecgridos-soap 4.3, omnitracs-soap 4.2.
    let names = Names { login: "Larch.Tree-42", portal_user_id: "LARCH42X", ..Names::NONE };
    for (profile, password) in [(Profile::Pattern, "larCH.tree-42"), (Profile::LetterAndDigit, "larch42x")] {
        let refusal = Policy::default().accept(profile, Password::from(password), &names).expect_err("a name");
        assert_eq!(refusal.iter().collect::<Vec<_>>(), [Violation::Name]);
    }
}

#[test]
fn names_are_compared_in_one_unicode_form_and_folded_in_full() {
    // ecgrid-rest 3 #23.
    let names = Names { login: "Groß-Gru\u{308}nwald 7", ..Names::NONE };
    for password in ["Groß-Grünwald 7", "GROSS-GRÜNWALD 7", "gross-gru\u{308}nwald 7"] {
        let refusal = Policy::default().accept(Profile::NoComposition, Password::from(password), &names);
        assert!(refusal.is_err_and(|violations| violations.first() == Violation::Name), "{password}");
    }
}

#[test]
fn a_name_inside_a_longer_password_matters_on_the_sign_in_page_only() {
    // R13: parts of five letters or more; a name counts whole and by its words.
    for password in [
        "the best northern town",
        "FREIGHT trains at dawn",
        "over to j.smith at noon",
        "over to JSmith at noon",
        "wordsmith and a half",
        "northco rides again!",
        "my passgate is a gate",
    ] {
        check(Profile::SignIn, password, &[Violation::Name]);
        check(Profile::NoComposition, password, &[]);
    }
    check(Profile::SignIn, "the best nort hern town", &[]);
    check(Profile::SignIn, "jsmit hs work in frei", &[]);
}

#[test]
fn parts_of_four_letters_and_empty_names_are_none() {
    // R13.
    let names = Names { login: "anna.lee", ..Names::NONE };
    let policy = Policy::default();
    assert!(policy.accept(Profile::SignIn, Password::from("hannah sleeps till ten"), &names).is_ok());
    assert!(policy.accept(Profile::SignIn, Password::from("for anna.lee at ten"), &names).is_err());
    assert!(policy.accept(Profile::SignIn, Password::from("larches turn yellow"), &Names::NONE).is_ok());
}
