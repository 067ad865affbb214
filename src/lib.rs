pub mod listings;

pub mod orgs;

pub mod accounts;

pub mod events;

pub mod ids;
pub mod vocab;

pub mod kit;
