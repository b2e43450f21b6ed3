//! Names at sign-in: one way to split them, the same for every way of writing one name. R59, R86.

use passgate_gate::audit::Door;
use passgate_gate::ids::{CompanyId, PortalUserId};
use passgate_gate::store::NameQuery;
use passgate_gate::user::name_key;

use crate::choices::{choose, text};

/// The key of a name is its own key; the letter case and outer space of a name mean nothing; the last `@` splits, and
/// only before what can be a company.
///
/// # Panics
///
/// Where one of these does not hold.
pub fn holds(data: &[u8]) {
    let Some((door, rest)) = choose(data, 2) else { return };
    let (door, name) = (if door == 0 { Door::EcgridRest } else { Door::Omnitracs }, text(rest));
    let key = name_key(&name);
    assert_eq!(name_key(&key), key, "a name and its key are two names");
    let query = NameQuery::parse(door, &name);
    assert_eq!(NameQuery::parse(door, &key), query, "the key leads elsewhere than the name");
    assert_eq!(NameQuery::parse(door, &format!(" {name}\t")), query, "outer space");
    if name.is_ascii() {
        assert_eq!(NameQuery::parse(door, &name.to_ascii_uppercase()), query, "letter case");
    }
    let company = key.rsplit_once('@').and_then(|(_, company)| company.parse::<CompanyId>().ok());
    match query {
        NameQuery::LoginIn(tenant, login) => {
            assert_eq!(Some(&tenant), company.as_ref());
            match door {
                Door::Omnitracs => assert_eq!(login, "", "no portal id: found nowhere"),
                _ => assert_eq!(Some(login.as_str()), key.rsplit_once('@').map(|(login, _)| login)),
            }
        }
        NameQuery::PortalIdIn(tenant, id) => {
            assert_eq!((door, Some(&tenant)), (Door::Omnitracs, company.as_ref()));
            assert_eq!(Ok(id), portal_id(key.rsplit_once('@').map_or("", |(id, _)| id)));
        }
        NameQuery::Login(login) => assert_eq!((door, login, company), (Door::EcgridRest, key, None)),
        NameQuery::PortalId(id, name) => {
            assert_eq!((door, id, company), (Door::Omnitracs, portal_id(&key).ok(), None));
            assert_eq!(name, key);
        }
    }
}

fn portal_id(text: &str) -> Result<PortalUserId, ()> {
    text.parse().map_err(|_| ())
}
