//! `passgate tenant list`.

use passgate_gate::audit::Operation;

use crate::cli::desk::Desk;
use crate::cli::{Failure, shapes};

const PAGE: u32 = 500;

pub(super) async fn run(desk: &Desk) -> Result<(), Failure> {
    let caller = desk.caller(Operation::ReadUser).await?;
    let gate = &desk.installation.gate;
    if let Some(own) = caller.tenant().filter(|_| !caller.level().is_system_wide()) {
        let tenant = gate.read_tenant(&caller, own).await?;
        desk.say(&shapes::tenant_line(&tenant), &vec![shapes::tenant(&tenant)].into());
        return Ok(());
    }
    let (mut lines, mut shown, mut after) = (String::new(), Vec::new(), None);
    loop {
        let page = gate.list_tenants(&caller, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for tenant in &page {
            lines.push_str(&shapes::tenant_line(tenant));
            lines.push('\n');
            shown.push(shapes::tenant(tenant));
        }
    }
    desk.say(&lines, &shown.into());
    Ok(())
}
