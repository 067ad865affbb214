//! Who the people of the other side are, nobody learns before both sides said yes: not by any page, file, letter or
//! the API, at no stage on the way there, nor where the way ends early.

use crate::crawl::{Sights, crawl, every_address};
use crate::scene::{FARM, LAB, Scene};
use crate::world::{Browser, Letter, story_by_words};

/// What tells who someone is.
struct Person {
    address: &'static str,
    name: &'static str,
    number: &'static str,
}

const FARMER: Person = Person {
    address: FARM,
    name: "Quách Sương Lam",
    number: "0917 111 222",
};
const SCIENTIST: Person = Person {
    address: LAB,
    name: "Tăng Bảo Khuê",
    number: "0938 333 444",
};

impl Person {
    fn is_told_in(&self, text: &str) -> bool {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let number: String = self.number.chars().filter(char::is_ascii_digit).collect();
        // The same number as it is written abroad.
        let abroad = format!("84{}", &number[1..]);
        text.contains(self.address)
            || text.contains(self.name)
            || text.contains(self.number)
            || digits.contains(&number)
            || digits.contains(&abroad)
    }

    async fn signs_their_name(&self, browser: &Browser) {
        let fields = [("name", self.name), ("phone", self.number), ("lang", "vi")];
        browser.post("/vi/settings/profile", &fields).await.is(303);
    }
}

/// The two sides, and the letters each has got so far.
struct Two {
    scene: Scene,
    letters: Vec<Letter>,
}

impl Two {
    async fn meet(scene: Scene) -> Two {
        FARMER.signs_their_name(&scene.farmer).await;
        SCIENTIST.signs_their_name(&scene.scientist).await;
        Two {
            scene,
            letters: Vec::new(),
        }
    }

    async fn act(&self, who: &Browser, act: &str, fields: &[(&str, &str)]) {
        let pairing = self.scene.pairing().await;
        who.post(&format!("/vi/pairings/{}/{act}", pairing.id), fields)
            .await
            .is(303);
    }

    /// Neither side, nor anybody else, has learnt a contact, whatever they open and whatever they were sent.
    async fn know_nothing(&mut self, stage: &str) {
        self.letters.extend(self.scene.world.letters().await);
        let sides = [
            (&self.scene.farmer, &FARMER, &SCIENTIST),
            (&self.scene.scientist, &SCIENTIST, &FARMER),
        ];
        for (browser, me, other) in sides {
            for (path, page) in self.sights(browser, me).await {
                assert!(
                    !other.is_told_in(&page),
                    "{stage}: {path} tells of {}",
                    other.name
                );
            }
            for letter in self
                .letters
                .iter()
                .filter(|letter| letter.to.contains(me.address))
            {
                let whole = format!("{}\n{}\n{}", letter.subject, letter.plain, letter.html);
                assert!(!other.is_told_in(&whole), "{stage}: {whole}");
            }
        }
        let visitor = self.scene.world.visitor();
        for (path, page) in crawl(&visitor, self.addresses().await).await {
            let both = [&FARMER, &SCIENTIST];
            assert!(
                both.iter().all(|one| !one.is_told_in(&page)),
                "{stage}: {path}\n{page}"
            );
        }
    }

    /// What a side sees, signed in and by the links it was mailed.
    async fn sights(&self, browser: &Browser, me: &Person) -> Sights {
        let mut sights = crawl(browser, self.addresses().await).await;
        let mailed = self
            .letters
            .iter()
            .filter(|letter| letter.to.contains(me.address));
        let links = mailed.flat_map(|letter| letter.plain.split_whitespace());
        let links = links.filter_map(|word| word.strip_prefix("http://caunoi.test"));
        let links: Vec<String> = links.map(str::to_owned).collect();
        sights.extend(crawl(&self.scene.world.visitor(), links).await);
        sights
    }

    async fn addresses(&self) -> impl Iterator<Item = String> + use<> {
        let pairing = self.scene.pairing().await;
        let ids = [
            pairing.id.to_string(),
            self.scene.need.to_string(),
            self.scene.offer.to_string(),
        ];
        let slugs = ["hop-tac-xa-song-xanh", "vien-thi-giac-nam"].map(str::to_owned);
        every_address(&ids, &slugs).into_iter()
    }
}

#[test]
fn no_contact_leaves_before_both_said_yes_and_then_it_does() {
    story_by_words(|world| async move {
        let mut two = Two::meet(Scene::set(world).await).await;
        two.know_nothing("suggested").await;
        two.act(&two.scene.coordinator, "approval", &[]).await;
        two.know_nothing("proposed").await;
        two.act(&two.scene.farmer, "acceptance", &[]).await;
        two.know_nothing("one yes").await;
        two.act(&two.scene.scientist, "acceptance", &[]).await;

        let letters = two.scene.world.letters().await;
        let told = |to: &Person, of: &Person| {
            letters
                .iter()
                .any(|one| one.to.contains(to.address) && of.is_told_in(&one.plain))
        };
        assert!(told(&FARMER, &SCIENTIST) && told(&SCIENTIST, &FARMER));
        let pages = two.sights(&two.scene.farmer, &FARMER).await;
        let tells = pages.iter().filter(|(_, page)| SCIENTIST.is_told_in(page));
        let tells: Vec<&str> = tells.map(|(path, _)| path.as_str()).collect();
        assert!(
            tells.iter().any(|path| path.ends_with("/thread")) && tells.contains(&"/vi/settings/data"),
            "the crawl does not come to {tells:?}"
        );
    });
}

#[test]
fn no_contact_leaves_where_the_way_ends_early() {
    story_by_words(|world| async move {
        let mut two = Two::meet(Scene::set(world).await).await;
        two.act(&two.scene.coordinator, "approval", &[]).await;
        two.act(&two.scene.scientist, "acceptance", &[]).await;
        two.know_nothing("the other yes").await;
        two.act(&two.scene.farmer, "refusal", &[("reason", "budget")])
            .await;
        two.know_nothing("declined").await;
    });
    story_by_words(|world| async move {
        let mut two = Two::meet(Scene::set(world).await).await;
        two.act(&two.scene.coordinator, "approval", &[]).await;
        two.act(&two.scene.farmer, "acceptance", &[]).await;
        // The clock of a side starts when its letter has gone.
        two.scene.world.settle().await;
        two.scene.world.days_pass(8).await;
        two.scene.world.days_pass(4).await;
        assert_eq!(two.scene.stage().await.to_string(), "lapsed");
        two.know_nothing("lapsed").await;
    });
}
