//! Texts about the service itself. Each template in `templates/front/texts` holds the whole text twice, once
//! in each language.

use actix_web::web as routes;
use askama::Template;

use crate::kit::web::{self, Answer, Shell};
use crate::retention::{Rule, rules};

pub fn configure(pages: &mut routes::ServiceConfig) {
    pages
        .route("/how", routes::get().to(how))
        .route("/about", routes::get().to(about))
        .route("/terms", routes::get().to(terms))
        .route("/privacy", routes::get().to(privacy))
        .route("/accessibility", routes::get().to(accessibility));
}

#[derive(Template)]
#[template(path = "front/texts/how.html")]
struct How {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "front/texts/about.html")]
struct About {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "front/texts/terms.html")]
struct Terms {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "front/texts/privacy.html")]
struct Privacy {
    shell: Shell,
    rules: Vec<&'static Rule>,
}

#[derive(Template)]
#[template(path = "front/texts/accessibility.html")]
struct Accessibility {
    shell: Shell,
}

async fn how(shell: Shell) -> Answer {
    web::page(&How { shell })
}

async fn about(shell: Shell) -> Answer {
    web::page(&About { shell })
}

async fn terms(shell: Shell) -> Answer {
    web::page(&Terms { shell })
}

async fn privacy(shell: Shell) -> Answer {
    web::page(&Privacy {
        shell,
        rules: rules().collect(),
    })
}

async fn accessibility(shell: Shell) -> Answer {
    web::page(&Accessibility { shell })
}
