//! Reads what stands in each `sql(…)` of the sources: text, `format!` with constants, with what callers hand in, with
//! each branch of an `if`. It follows only what stores really write; for anything else it says that it cannot.

use std::collections::{BTreeMap, HashMap};

use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, Lit, Pat};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

pub struct Statement {
    pub place: String,
    pub text: String,
}

#[derive(Default)]
pub struct Sources {
    files: Vec<(String, Vec<Function>)>,
    /// By name: where each stands and what it is.
    constants: HashMap<String, Vec<(String, Expr)>>,
    /// How often `sql(` stands in the tokens of a file, whatever a reader makes of them.
    written: BTreeMap<String, usize>,
}

/// A function with what happens in it, flat.
struct Function {
    name: String,
    parameters: Vec<(String, bool)>,
    result: Option<Expr>,
    body: Happenings,
}

#[derive(Default)]
struct Happenings {
    statements: Vec<Expr>,
    names: HashMap<String, Vec<Expr>>,
    closures: HashMap<String, Vec<String>>,
    appended: HashMap<String, Vec<Expr>>,
    calls: Vec<(String, Vec<Expr>)>,
}

/// What names stand for while a function is read.
type Known = HashMap<String, String>;
type Texts = Result<Vec<String>, String>;

impl Sources {
    pub fn add(&mut self, path: &str, text: &str) {
        let file = syn::parse_file(text).unwrap_or_else(|why| panic!("{path}: {why}"));
        let mut finder = Finder {
            path,
            functions: Vec::new(),
            constants: &mut self.constants,
        };
        finder.visit_file(&file);
        // Parsed strings come as they are meant, so the count must not see them: it takes words only.
        let written = text
            .lines()
            .map(|line| line.split("//").next().unwrap_or_default())
            .map(count_calls)
            .sum();
        self.written.insert(path.to_owned(), written);
        self.files.push((path.to_owned(), finder.functions));
    }

    /// All statements, or the places nobody can read.
    pub fn statements(&self, dialect: Dialect) -> Result<Vec<Statement>, Vec<String>> {
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        for (path, functions) in &self.files {
            let found: usize = functions.iter().map(|one| one.body.statements.len()).sum();
            if found != self.written[path] {
                unread.push(format!(
                    "{path}: {found} of {} statements stand where they can be seen",
                    self.written[path]
                ));
            }
            for function in functions {
                for statement in &function.body.statements {
                    let place = format!("{path}: {}", function.name);
                    let reader = Reader {
                        path,
                        sources: self,
                        functions,
                        dialect,
                    };
                    match reader.statement(function, statement) {
                        Ok(texts) => read.extend(texts.into_iter().map(|text| Statement {
                            place: place.clone(),
                            text: text.replace("{}", "null"),
                        })),
                        Err(why) => unread.push(format!("{place}: {why}")),
                    }
                }
            }
        }
        if unread.is_empty() { Ok(read) } else { Err(unread) }
    }
}

/// `sql(` as a word of its own, not its definition.
fn count_calls(line: &str) -> usize {
    let calls = line.match_indices("sql(").filter(|(at, _)| {
        let before = line[..*at].chars().next_back();
        !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    });
    calls.count() - usize::from(line.contains("fn sql("))
}

// Finding -----------------------------------------------------------------------------------------

struct Finder<'a> {
    path: &'a str,
    functions: Vec<Function>,
    constants: &'a mut HashMap<String, Vec<(String, Expr)>>,
}

impl Finder<'_> {
    fn function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let mut body = Happenings::default();
        body.visit_block(block);
        let result = match block.stmts.last() {
            Some(syn::Stmt::Expr(result, None)) => Some(result.clone()),
            _ => None,
        };
        let parameters = signature.inputs.iter().filter_map(|input| match input {
            syn::FnArg::Typed(typed) => Some((name_of(&typed.pat)?, is_number(&typed.ty))),
            syn::FnArg::Receiver(_) => None,
        });
        self.functions.push(Function {
            name: signature.ident.to_string(),
            parameters: parameters.collect(),
            result,
            body,
        });
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        let known = self.constants.entry(item.ident.to_string()).or_default();
        known.push((self.path.to_owned(), (*item.expr).clone()));
    }
}

impl<'ast> Visit<'ast> for Happenings {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let (Some(name), Some(init)) = (name_of(&local.pat), &local.init) {
            if let Expr::Closure(closure) = &*init.expr {
                let inputs = closure.inputs.iter().filter_map(name_of).collect();
                self.closures.insert(name.clone(), inputs);
            }
            self.names.entry(name).or_default().push((*init.expr).clone());
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_for_loop(&mut self, each: &'ast syn::ExprForLoop) {
        if let Some(name) = name_of(&each.pat) {
            self.names.entry(name).or_default().push((*each.expr).clone());
        }
        visit::visit_expr_for_loop(self, each);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Some(name) = path_end(&call.func) {
            let arguments: Vec<Expr> = call.args.iter().cloned().collect();
            if name == "sql" {
                self.statements.extend(arguments.into_iter().take(1));
            } else {
                self.calls.push((name, arguments));
            }
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if call.method == "push_str"
            && let (Some(name), Some(what)) = (path_end(&call.receiver), call.args.first())
        {
            self.appended.entry(name).or_default().push(what.clone());
        }
        visit::visit_expr_method_call(self, call);
    }

    /// `tokio::join!(…)` holds expressions, too.
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if let Ok(inside) = Punctuated::<Expr, syn::Token![,]>::parse_terminated.parse2(call.tokens.clone()) {
            inside.iter().for_each(|inner| self.visit_expr(inner));
        }
    }
}

fn name_of(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(name) => Some(name.ident.to_string()),
        Pat::Type(typed) => name_of(&typed.pat),
        _ => None,
    }
}

fn is_number(kind: &syn::Type) -> bool {
    let syn::Type::Path(path) = kind else {
        return false;
    };
    ["i64", "usize", "u64"]
        .iter()
        .any(|number| path.path.is_ident(number))
}

fn path_end(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

// Reading -----------------------------------------------------------------------------------------

struct Reader<'a> {
    path: &'a str,
    sources: &'a Sources,
    functions: &'a [Function],
    dialect: Dialect,
}

impl Reader<'_> {
    /// Once, if the function says it all; else once for each of its callers.
    fn statement(&self, function: &Function, statement: &Expr) -> Texts {
        let alone = self.texts(function, &Known::new(), statement);
        if alone.is_ok() {
            return alone;
        }
        let mut texts = Vec::new();
        for (caller, arguments) in self.callers(&function.name) {
            let mut known = vec![Known::new()];
            for ((name, _), argument) in function.parameters.iter().zip(arguments) {
                // What is no text (a context, a limit) need not be known.
                if let Ok(values) = self.texts(caller, &Known::new(), argument) {
                    known = crossed(&known, name, &values);
                }
            }
            for known in known {
                texts.extend(self.texts(function, &known, statement)?);
            }
        }
        if texts.is_empty() { alone } else { Ok(texts) }
    }

    fn callers(&self, name: &str) -> impl Iterator<Item = (&Function, &[Expr])> {
        self.functions.iter().flat_map(move |caller| {
            let calls = caller.body.calls.iter().filter(move |(called, _)| called == name);
            calls.map(move |(_, arguments)| (caller, arguments.as_slice()))
        })
    }

    fn texts(&self, inside: &Function, known: &Known, expression: &Expr) -> Texts {
        let again = |inner: &Expr| self.texts(inside, known, inner);
        match expression {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Ok(vec![text.value()]),
                Lit::Int(number) => Ok(vec![number.base10_digits().to_owned()]),
                _ => Err("neither text nor number".to_owned()),
            },
            Expr::Reference(inner) => again(&inner.expr),
            Expr::Paren(inner) => again(&inner.expr),
            Expr::Group(inner) => again(&inner.expr),
            Expr::Array(several) => self.all(inside, known, several.elems.iter()),
            Expr::Range(range) => range.start.as_deref().map_or(Err("no start".to_owned()), again),
            Expr::Block(block) => last_of(&block.block).map_or(Err("no value".to_owned()), again),
            Expr::If(choice) => {
                let mut texts = last_of(&choice.then_branch).map_or(Err("no value".to_owned()), again)?;
                let otherwise = choice.else_branch.as_ref().map(|(_, otherwise)| again(otherwise));
                texts.extend(otherwise.unwrap_or(Err("no else".to_owned()))?);
                Ok(texts)
            }
            Expr::Match(choice) => self.all(inside, known, choice.arms.iter().map(|arm| &*arm.body)),
            Expr::Closure(closure) => again(&closure.body),
            Expr::Binary(sum) => Ok(vec![
                (number(&again(&sum.left)?)? + number(&again(&sum.right)?)?).to_string(),
            ]),
            Expr::Macro(call) if call.mac.path.is_ident("format") => self.formatted(inside, known, &call.mac),
            Expr::MethodCall(call) => self.method(inside, known, call),
            Expr::Call(call) => self.called(inside, known, call),
            Expr::Path(_) => self.named(inside, known, &path_end(expression).unwrap_or_default()),
            _ => Err("an expression the test does not follow".to_owned()),
        }
    }

    fn all<'e>(&self, inside: &Function, known: &Known, several: impl Iterator<Item = &'e Expr>) -> Texts {
        let each: Result<Vec<Vec<String>>, String> =
            several.map(|one| self.texts(inside, known, one)).collect();
        Ok(each?.concat())
    }

    fn method(&self, inside: &Function, known: &Known, call: &syn::ExprMethodCall) -> Texts {
        let receiver = || self.texts(inside, known, &call.receiver);
        match call.method.to_string().as_str() {
            "to_owned" | "to_string" | "into" | "as_str" | "clone" | "iter" | "collect" | "join" => {
                receiver()
            }
            // Of a list one is as good as many.
            "len" => Ok(vec!["1".to_owned()]),
            "skip_locked" if self.dialect == Dialect::Sqlite => Ok(vec![String::new()]),
            "skip_locked" => Ok(vec!["for update skip locked".to_owned()]),
            "map" => {
                let Some(Expr::Closure(closure)) = call.args.first() else {
                    return Err("a map without its closure".to_owned());
                };
                let name = closure.inputs.first().and_then(name_of).unwrap_or_default();
                let mut texts = Vec::new();
                for known in crossed(std::slice::from_ref(known), &name, &receiver()?) {
                    texts.extend(self.texts(inside, &known, &closure.body)?);
                }
                Ok(texts)
            }
            other => Err(format!("the method {other} is not followed")),
        }
    }

    /// A function beside this one that makes text.
    fn called(&self, inside: &Function, known: &Known, call: &syn::ExprCall) -> Texts {
        let name = path_end(&call.func).unwrap_or_default();
        let maker = self.functions.iter().find(|function| function.name == name);
        let Some((maker, result)) = maker.and_then(|maker| Some((maker, maker.result.as_ref()?))) else {
            return Err(format!("what {name}() makes is not known"));
        };
        let mut bound = vec![Known::new()];
        for ((name, _), argument) in maker.parameters.iter().zip(&call.args) {
            bound = crossed(&bound, name, &self.texts(inside, known, argument)?);
        }
        let each: Result<Vec<Vec<String>>, String> = bound
            .iter()
            .map(|bound| self.texts(maker, bound, result))
            .collect();
        Ok(each?.concat())
    }

    fn named(&self, inside: &Function, known: &Known, name: &str) -> Texts {
        if let Some(text) = known.get(name) {
            return Ok(vec![text.clone()]);
        }
        if let Some(values) = inside.body.names.get(name) {
            let mut texts = self.all(inside, known, values.iter())?;
            for more in inside.body.appended.get(name).into_iter().flatten() {
                let more = self.texts(inside, known, more)?;
                texts = pairs(&texts, &more, |text, more| format!("{text}{more}"));
            }
            return Ok(texts);
        }
        if inside
            .parameters
            .iter()
            .any(|(parameter, is_number)| parameter == name && *is_number)
        {
            return Ok(vec!["1".to_owned()]);
        }
        if let Some((closure, at)) = closure_with(&inside.body, name) {
            let calls = inside.body.calls.iter().filter(|(called, _)| called == closure);
            return self.all(
                inside,
                known,
                calls.filter_map(|(_, arguments)| arguments.get(at)),
            );
        }
        match self.constant(name) {
            Some(value) => self.texts(inside, known, value),
            None => Err(format!("what {name} stands for is not known")),
        }
    }

    /// The one of this file, else of this room, else the only one there is.
    fn constant(&self, name: &str) -> Option<&Expr> {
        let all = self.sources.constants.get(name)?;
        let room = |path: &str| path.split('/').next().unwrap_or_default().to_owned();
        let near = all.iter().find(|(path, _)| path == self.path);
        let near = near.or_else(|| all.iter().find(|(path, _)| room(path) == room(self.path)));
        let only = || all.first().filter(|_| all.len() == 1);
        near.or_else(only).map(|(_, value)| value)
    }

    fn formatted(&self, inside: &Function, known: &Known, call: &syn::Macro) -> Texts {
        let parts = Punctuated::<Expr, syn::Token![,]>::parse_terminated
            .parse2(call.tokens.clone())
            .map_err(|why| why.to_string())?;
        let mut parts = parts.iter();
        let Some(Expr::Lit(syn::ExprLit {
            lit: Lit::Str(form), ..
        })) = parts.next()
        else {
            return Err("a format without its text".to_owned());
        };
        let form = form.value();
        let mut texts = vec![String::new()];
        let mut rest = form.as_str();
        while let Some(at) = rest.find(['{', '}']) {
            let (before, mark) = rest.split_at(at);
            let (values, after) = if mark.starts_with("{{") || mark.starts_with("}}") {
                (vec![mark[..1].to_owned()], &mark[2..])
            } else {
                let end = mark.find('}').ok_or("an open brace")?;
                let values = match &mark[1..end] {
                    "" => self.texts(inside, known, parts.next().ok_or("too few values")?)?,
                    name => self.named(inside, known, name)?,
                };
                (values, &mark[end + 1..])
            };
            texts = pairs(&texts, &values, |text, value| format!("{text}{before}{value}"));
            rest = after;
        }
        Ok(texts.into_iter().map(|text| text + rest).collect())
    }
}

fn last_of(block: &syn::Block) -> Option<&Expr> {
    match block.stmts.last() {
        Some(syn::Stmt::Expr(value, None)) => Some(value),
        _ => None,
    }
}

/// The closure that has a parameter of this name, and which one it is.
fn closure_with<'b>(body: &'b Happenings, name: &str) -> Option<(&'b String, usize)> {
    body.closures.iter().find_map(|(closure, inputs)| {
        let at = inputs.iter().position(|input| input == name)?;
        Some((closure, at))
    })
}

fn crossed(known: &[Known], name: &str, values: &[String]) -> Vec<Known> {
    pairs(known, values, |known, value| {
        let mut known = known.clone();
        known.insert(name.to_owned(), value.clone());
        known
    })
}

fn pairs<A, B, C>(ones: &[A], others: &[B], join: impl Fn(&A, &B) -> C) -> Vec<C> {
    let join = &join;
    ones.iter()
        .flat_map(|one| others.iter().map(move |other| join(one, other)))
        .collect()
}

fn number(texts: &[String]) -> Result<i64, String> {
    let [text] = texts else {
        return Err("a sum of several".to_owned());
    };
    text.parse().map_err(|_| format!("{text} is no number"))
}
