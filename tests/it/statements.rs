//! Every statement of the program is read out of its sources and prepared on both databases, so that one which no
//! story runs cannot be wrong on either. A statement that cannot be read out fails the test: write it plainer.

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqlSafeStr as _};

use crate::world::story_by_words;

mod reading;
use reading::{Dialect, Sources, Statement};

#[test]
fn every_statement_is_prepared_on_both_databases() {
    story_by_words(async |world| {
        let url = &world.cx.config.database_url;
        let dialect = if world.cx.db.is_sqlite() {
            Dialect::Sqlite
        } else {
            Dialect::Postgres
        };
        let statements = of_the_program(dialect);
        assert!(statements.len() > 250, "only {} were found", statements.len());
        let refused = refused(url, dialect, &statements).await;
        assert!(refused.is_empty(), "{}", refused.join("\n\n"));
    });
}

#[test]
fn a_wrong_statement_would_be_seen() {
    story_by_words(async |world| {
        let dialect = if world.cx.db.is_sqlite() {
            Dialect::Sqlite
        } else {
            Dialect::Postgres
        };
        let mut sources = Sources::default();
        sources.add("store.rs", WRONG);
        let statements = sources.statements(dialect).unwrap();
        let texts: Vec<&str> = statements.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "select id from people where email = $1 order by name",
                "select id from people where nickname = $1 order by name",
                "delete from listings where id = $1",
                "delete from houses where id = $1",
            ]
        );
        let refused = refused(&world.cx.config.database_url, dialect, &statements).await;
        assert_eq!(refused.len(), 2, "{refused:?}");
        assert!(refused[0].contains("nickname") && refused[1].contains("houses"));

        // And one that nobody can read is not passed over.
        let mut sources = Sources::default();
        sources.add("store.rs", "fn ask(cx: &Cx) { cx.db.exec(sql(elsewhere(cx))); }");
        assert!(sources.statements(dialect).is_err());
    });
}

const WRONG: &str = r#"
    const BY_NAME: &str = "order by name";
    fn by(column: &str) {
        db.all(sql(format!("select id from people where {column} = $1 {BY_NAME}")).bind(1));
    }
    fn ask() { by("email"); by("nickname"); }
    fn forget() {
        for table in ["listings", "houses"] {
            let statement = format!("delete from {table} where id = $1");
            tx.exec(sql(statement));
        }
    }
"#;

fn of_the_program(dialect: Dialect) -> Vec<Statement> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Sources::default();
    crate::house::each_file(&root, &mut |path, text| {
        sources.add(path.strip_prefix(&root).unwrap().to_str().unwrap(), text);
    });
    match sources.statements(dialect) {
        Ok(statements) => statements,
        Err(unread) => panic!("these cannot be read out of the sources:\n{}", unread.join("\n")),
    }
}

/// What the database will not prepare, and why.
async fn refused(url: &str, dialect: Dialect, statements: &[Statement]) -> Vec<String> {
    let mut refused = Vec::new();
    match dialect {
        Dialect::Sqlite => {
            let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
            for one in statements {
                let text = AssertSqlSafe(one.text.clone()).into_sql_str();
                if let Err(why) = (&mut connection).prepare(text).await {
                    refused.push(format!("{}: {why}\n{}", one.place, one.text));
                }
            }
        }
        Dialect::Postgres => {
            let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
            for one in statements {
                let text = AssertSqlSafe(one.text.clone()).into_sql_str();
                if let Err(why) = (&mut connection).prepare(text).await {
                    refused.push(format!("{}: {why}\n{}", one.place, one.text));
                }
            }
        }
    }
    refused
}
