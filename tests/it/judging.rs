//! What people decide becomes judgements: they are taken away as a set, and the search is measured on it.

use std::path::Path;
use std::process::{Command, Output};

use caunoi::kit::db::sql;
use caunoi::kit::table::Table;
use caunoi::listings::{Content, Kind, Text};
use serde_json::Value;

use crate::scene::{FARM, LAB, Poster, Scene, knows_leaves, posted, sick_rice, tagged};
use crate::world::{Folder, World, story};

#[test]
fn decisions_are_found_in_the_export_and_the_search_is_measured_on_it() {
    story(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let folder = Folder::new();
        let set = folder.0.join("set");
        let early = judge_export(&world, &set).await;
        assert!(
            !early.status.success() && told(&early).contains("nobody has decided"),
            "{}",
            told(&early)
        );
        assert!(!set.exists(), "a set of nothing is not written");

        decided(&scene).await;
        let written = judge_export(&world, &set).await;
        assert!(written.status.success(), "{}", told(&written));

        let (rice, leaves) = ("NC-2026-0001", "NL-2026-0001");
        let grades = std::fs::read_to_string(set.join("qrels.tsv")).unwrap();
        let rows: Vec<&str> = grades.lines().collect();
        assert_eq!(rows[0], "query-id\tcorpus-id\tscore");
        assert!(
            rows.contains(&format!("{rice}\t{leaves}\t2").as_str()),
            "{grades}"
        );
        // The neighbour's need was approved and then declined for money; the voices were dismissed.
        assert!(
            rows.contains(&format!("NC-2026-0002\t{leaves}\t1").as_str()),
            "{grades}"
        );
        assert!(
            rows.contains(&format!("{rice}\tNL-2026-0002\t0").as_str()),
            "{grades}"
        );
        assert_eq!(rows.len(), 4, "what was only suggested is no judgement: {grades}");

        let corpus = lines(&set.join("corpus.jsonl"));
        assert_eq!(corpus.len(), 3, "every listed offer, judged or not: {corpus:?}");
        let queries = lines(&set.join("queries.jsonl"));
        assert_eq!(queries.len(), 2);
        assert_eq!(queries[0]["id"], rice);
        assert!(queries[0]["text"].as_str().unwrap().contains("8 % sản lượng"));
        let pair = lines(&set.join("pairs.jsonl"))
            .into_iter()
            .find(|pair| pair["need"] == rice && pair["offer"] == leaves)
            .unwrap();
        assert_eq!(
            (&pair["grade"], &pair["origin"]),
            (&Value::from(2), &Value::from("system"))
        );
        assert_eq!(pair["words_rank"], 1, "{pair}");
        assert!(pair["score"].as_f64().unwrap() > 0.5 && pair["words"].as_f64().is_some());

        let all = std::fs::read_dir(&set).unwrap().map(|file| file.unwrap().path());
        let all: String = all.map(|file| std::fs::read_to_string(file).unwrap()).collect();
        for secret in [FARM, LAB, "0901", "Trạm Kín", "Trần Văn Kín", "Hợp tác xã"] {
            assert!(!all.contains(secret), "{secret} left the house");
        }
        assert!(all.contains("••• viết cho ••• hoặc •••"), "{all}");

        let twice = judge_export(&world, &set).await;
        assert!(!twice.status.success() && told(&twice).contains("is not empty"));
        let measured = caunoi(&world, &["eval", "--json"], &set).await;
        assert!(measured.status.success(), "{}", told(&measured));
        let report: Value = serde_json::from_slice(&measured.stdout).unwrap();
        assert_eq!(
            (&report["queries"], &report["docs"]),
            (&Value::from(2), &Value::from(3))
        );
        assert!(report["words"]["ndcg10"].as_f64().unwrap() > 0.9, "{report}");
    });
}

#[test]
fn the_desk_shows_how_right_the_suggestions_were() {
    story(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let path = "/vi/desk/figures/precision.csv";
        let last = async |path: &str| {
            let file = scene.coordinator.get(path).await;
            let table = Table::read(&file.is(200).bytes).unwrap();
            table.rows.last().unwrap().clone()
        };
        assert_eq!(last(path).await[1..], ["0", "–", "–", "–", "–", "–", "–"]);
        decided(&scene).await;
        // Two approved, each the best of its need; the one paired by hand was no suggestion of the service.
        let row = last(path).await;
        assert_eq!(row[1..4], ["2", "100 %", "100 %"], "{row:?}");
        assert_eq!(
            last(&format!("{path}?from=01/01/2025&to=31/12/2025")).await[1],
            "0"
        );

        // A third, the best by words, is dismissed as not fitting: words alone would have put it first.
        let id = scene.pairing_with(scene.offer).await.id;
        let best_by_words = sql("update pairings set words_rank = 2 where id = $1").bind(id);
        world.cx.db.exec(best_by_words).await.unwrap();
        let (twin, _) = posted(
            &world,
            &Poster::new(Kind::Offer, "Trường Đồng Bằng", "hoa@dongbang.example", "Hoa"),
            knows_leaves(),
        )
        .await;
        world.settle().await;
        let twin = scene.pairing_with(twin).await.id;
        let worse = sql("update pairings set words_rank = 1, score = 0.6 where id = $1").bind(twin);
        world.cx.db.exec(worse).await.unwrap();
        let dismissal = format!("/vi/pairings/{twin}/dismissal");
        let not_fitting = [("reason", "technical")];
        scene.coordinator.post(&dismissal, &not_fitting).await.is(303);
        let row = last(path).await;
        assert_eq!(row[1..6], ["3", "100 %", "50 %", "67 %", "67 %"], "{row:?}");

        let page = scene.coordinator.get("/en/desk/figures").await;
        page.is(200)
            .shows("How right suggestions were")
            .shows("Decisions: 3.")
            .shows("Fewer than 10 are too few to tell.")
            .shows("first 1, words alone: 50 % (1/2)");
        let year = scene
            .coordinator
            .get("/vi/desk/figures?from=01/06/2025&to=02/03/2026")
            .await;
        year.is(200).shows("01/06").shows("Gợi ý đúng đến đâu");
        scene.farmer.get(path).await.is(403);
    });
}

// Steps of the stories ---------------------------------------------------------------------------

/// The farm and the laboratory are introduced, a neighbour is turned down for money, an offer about voices is
/// dismissed, and an offer of somebody who will not be named is only suggested.
async fn decided(scene: &Scene) {
    let world = &scene.world;
    scene.introduced().await;
    let neighbour = Poster::new(Kind::Need, "Nông trường Đồng Cò", "hoa@dongco.example", "Hoa");
    let (need, _) = posted(world, &neighbour, sick_rice()).await;
    let voices = Poster::new(Kind::Offer, "Phòng Tiếng nói", "thu@tiengnoi.example", "Thu");
    posted(world, &voices, about_voices()).await;
    let kin = Poster::new(Kind::Offer, "Trạm Kín", "kin@tram.example", "Trần Văn Kín");
    let (hidden, _) = posted(world, &kin, talks_of_itself()).await;
    let unnamed = sql("update listings set anonymous = $1 where id = $2")
        .bind(true)
        .bind(hidden);
    world.cx.db.exec(unnamed).await.unwrap();
    world.settle().await;
    let second = scene.pairing_of(need).await.expect("a second pair").id;
    let act = async |path: String, form: &[(&str, &str)]| {
        scene.coordinator.post(&path, form).await.is(303);
    };
    act(format!("/vi/pairings/{second}/approval"), &[]).await;
    let no = [("reason", "budget")];
    let refusal = format!("/vi/pairings/{second}/refusal");
    scene.scientist.post(&refusal, &no).await.is(303);
    let by_hand = [("need", "NC-2026-0001"), ("offer", "NL-2026-0002")];
    let page = scene
        .coordinator
        .post("/vi/desk/pairings", &by_hand)
        .await
        .went_to();
    act(format!("{page}/dismissal"), &[("reason", "out_of_scope")]).await;
}

fn about_voices() -> Content {
    Content {
        vi: Some(Text {
            title: "Đánh giá giọng nói bằng tiếng dân tộc".to_owned(),
            summary: "Phòng thí nghiệm tiếng nói.".to_owned(),
            body: "Thu và đánh giá giọng nói của sáu ngôn ngữ ít người dùng.".to_owned(),
            ..Text::default()
        }),
        ..tagged("culture", "speech.asr")
    }
}

fn talks_of_itself() -> Content {
    let mut content = knows_leaves();
    if let Some(text) = &mut content.vi {
        "Trạm kín viết cho kin@tram.example hoặc 0901 234 567, gặp Trần Văn Kín.".clone_into(&mut text.body);
    }
    content
}

async fn judge_export(world: &World, folder: &Path) -> Output {
    caunoi(world, &["judge", "export"], folder).await
}

/// Runs the program beside this one.
async fn caunoi(world: &World, command: &[&str], folder: &Path) -> Output {
    let config = &world.cx.config;
    let mut line = Command::new(env!("CARGO_BIN_EXE_caunoi"));
    line.env("CAUNOI_MODEL", "none").arg("--data").arg(&config.data);
    line.arg("--database-url").arg(&config.database_url);
    line.args(command).arg(folder);
    tokio::task::spawn_blocking(move || line.output().unwrap())
        .await
        .unwrap()
}

fn told(output: &Output) -> String {
    let both = [&output.stdout, &output.stderr];
    both.map(|text| String::from_utf8_lossy(text).into_owned())
        .concat()
}

fn lines(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
