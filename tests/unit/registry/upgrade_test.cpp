// Databases of older versions, with what people had in them, after all later migrations: whose their states
// are.
#include "base/pg/migrations.hpp"
#include "fixture.hpp"
#include "registry/catalogue/resource_catalogue.hpp"
#include "registry/publication/uddi/views.hpp"

namespace hutong::registry {

class UpgradeTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(UpgradeTest);
    CPPUNIT_TEST(a_service_whose_steps_are_on_record_is_theirs_who_took_them);
    CPPUNIT_TEST(a_service_from_before_is_somebody_s);
    CPPUNIT_TEST(a_catalogue_entry_is_somebody_s);
    CPPUNIT_TEST(what_publishers_saved_is_somebody_s);
    CPPUNIT_TEST(a_set_that_was_there_before_it_was_checked_gets_its_values);
    CPPUNIT_TEST(an_update_in_two_steps_leaves_what_was_known_between);
    CPPUNIT_TEST_SUITE_END();

  public:
    // At the last version that kept no editors; its rows are written as its programs wrote them.
    void setUp() override {
        url_ = test::embedded_postgres().fresh_database();
        migrate_to(30);
        connect();
        sql("insert into organisations (id, name) values ('gs', '工商局')");
        sql("begin; insert into contracts (id, main) values (repeat('a', 64), 'a.wsdl'), (repeat('b', 64), "
            "'b.wsdl'); insert into contract_files (contract, path, content) values (repeat('a', 64), "
            "'a.wsdl', "
            "''), (repeat('b', 64), 'b.wsdl', ''); commit");
    }

  private:
    void migrate_to(unsigned last) {
        std::vector<pg::Migration> known = pg::builtin_migrations();
        std::erase_if(known, [last](const pg::Migration& one) { return one.number > last; });
        pg::migrate(url_, known).value();
    }
    void connect() {
        pool_ = std::make_unique<pg::Pool>(context_.get_executor(), config::Database{}, url_);
        publication_ = std::make_unique<Publication>(*pool_, config::Wsdl{}, blocking_);
    }
    void upgrade() { pg::migrate(url_).value(); }

    void add_service(const std::string& name, const std::string& steps) {
        sql("begin; insert into services (org, name, version, policy) values ('gs', '" + name +
            "', 1, 'sign'); insert into service_versions (org, name, version, contract) values ('gs', '" +
            name + "', 1, repeat('a', 64)); " + steps + "commit");
    }
    static std::string step(const std::string& name, const std::string& actor, const std::string& person) {
        return "insert into service_history (org, name, version, to_status, actor, person) values ('gs', '" +
               name + "', 1, 'online', '" + actor + "', " + person + "); ";
    }
    void change_validation(const std::string& name) {
        sql("update services set validate = not validate, changed = now() where name = '" + name + "'");
    }
    void publish_second(const std::string& name, const std::string& actor, const std::string& person) {
        sql("begin; insert into service_versions (org, name, version, contract) values ('gs', '" + name +
            "', 2, repeat('b', 64)); update services set version = 2 where name = '" + name + "'; " +
            step(name, actor, person) + "commit");
    }

    // "by revision part …" of what the first edit after the upgrade replaced, or "nothing".
    static std::string text(const std::optional<Replaced>& replaced) {
        if (!replaced) return "nothing";
        std::string all = replaced->by + " " + replaced->revision;
        for (const std::string& part : replaced->parts) all += " " + part;
        return all;
    }
    std::string set_policy(const std::string& service, const std::string& by) {
        Edit edit{by, ""};
        return text(run(publication_->change_policy("gs/" + service, "request.freshness = 60", "--set", edit))
                        .value()
                        .replaced);
    }
    std::string set_validation(const std::string& service, const std::string& by, bool validate) {
        ServiceSettings settings;
        settings.validate = validate;
        return text(run(publication_->change_settings("gs/" + service, settings, {by, ""})).value().replaced);
    }

    void a_service_whose_steps_are_on_record_is_theirs_who_took_them() {
        add_service("account",
                    step("account", "account li (publisher of gs), socket, uid 7 (li), pid 4", "'li'"));
        add_service("officer",
                    step("officer", "officer wu (system administrator), socket, uid 0 (root), pid 4",
                         "null"));  // from before accounts were kept
        add_service("owner", step("owner", "uid 0 (root), pid 77", "null"));
        publish_second("owner", "account sun (publisher of gs), HTTPS, 10.0.0.1", "'sun'");
        upgrade();
        CPPUNIT_ASSERT_EQUAL(std::string("li 1 policy"), set_policy("account", "wu"));
        CPPUNIT_ASSERT_EQUAL(std::string("wu 1 policy"), set_policy("officer", "li"));
        CPPUNIT_ASSERT_EQUAL(std::string("nothing"), set_policy("officer", "li"));
        CPPUNIT_ASSERT_EQUAL(std::string("uid 0 (root) 1 policy"), set_policy("owner", "li"));
        CPPUNIT_ASSERT_EQUAL(std::string("sun"), said("select editor from service_revisions where name = "
                                                      "'owner' and revision = 2"));
        // One's own is not told, also when it is from before.
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                             number("select count(*) from service_revisions where editor = ''"));
    }

    void a_service_from_before_is_somebody_s() {
        add_service("old", step("old", "", "null"));
        change_validation("old");  // by whom nobody has kept
        upgrade();
        CPPUNIT_ASSERT_EQUAL(std::string("(not known) 1 policy"), set_policy("old", "li"));
        CPPUNIT_ASSERT_EQUAL(std::string("(not known) 2 validate"), set_validation("old", "li", true));
        CPPUNIT_ASSERT_EQUAL(std::string("li 4 validate"), set_validation("old", "wu", false));
    }

    void add_entities() {
        sql("insert into uddi_entities (key, kind, owner, org, name) values ('uddi:hutong:org:gs', "
            "'business', "
            "'gs', 'gs', '工商局')");
        sql("insert into uddi_entities (key, kind, parent, owner, name) values ('uddi:x:s', 'service', "
            "'uddi:hutong:org:gs', 'gs', 'saved by a publisher')");
        sql("insert into uddi_entities (key, kind, owner, name) values ('uddi:x:t', 'tmodel', null, 'the "
            "registry''s own')");
    }
    std::string set_entry(const std::string& by, const std::string& field) {
        ResourceCatalogue catalogue(*pool_, [] { return std::string("https://gw.test"); });
        EntryChange change;
        change.id = "uddi:x:s";
        change.edit.by = by;
        change.fields[field] = "new";
        return text(run(catalogue.change(std::move(change))).value().replaced);
    }

    void a_catalogue_entry_is_somebody_s() {
        add_entities();
        sql("insert into catalogue_entries (service, title, contact, maintainer, version, changed, actor) "
            "values "
            "('uddi:x:s', 'a', 'b', 'c', 3, 'contact, maintainer', 'account li (publisher of gs), HTTPS, "
            "::1')");
        upgrade();
        CPPUNIT_ASSERT_EQUAL(std::string("(not known) 3 contact"), set_entry("wu", "contact"));
        CPPUNIT_ASSERT_EQUAL(std::string("(not known) 2 title"), set_entry("wu", "title"));
        CPPUNIT_ASSERT_EQUAL(std::string("nothing"), set_entry("wu", "keywords"));
        CPPUNIT_ASSERT_EQUAL(std::string("wu 4 contact"), set_entry("li", "contact"));
    }

    void what_publishers_saved_is_somebody_s() {
        add_entities();
        upgrade();
        const std::string of = "select editor from uddi_entities where key = ";
        CPPUNIT_ASSERT_EQUAL(std::string("(not known)"), said(of + "'uddi:x:s'"));
        CPPUNIT_ASSERT_EQUAL(std::string(), said(of + "'uddi:x:t'"));
        CPPUNIT_ASSERT_EQUAL(std::string(), said(of + "'uddi:hutong:org:gs'"));  // nobody has edited it
        sql("insert into uddi_removals (entity, editor) values ('uddi:x:s', 'li')");
    }

    void an_update_in_two_steps_leaves_what_was_known_between() {
        add_service("old", step("old", "", "null"));
        add_entities();
        migrate_to(31);
        sql("update services set validate = false, editor = 'li' where name = 'old'");
        add_service("new", "");  // by nobody known, after editors were kept: the registry itself
        sql("update uddi_entities set editor = 'li' where key = 'uddi:x:s'");
        sql("update uddi_entities set modified = now() where key = 'uddi:hutong:org:gs'");
        upgrade();
        CPPUNIT_ASSERT_EQUAL(std::string("(not known) 1 policy"), set_policy("old", "wu"));
        CPPUNIT_ASSERT_EQUAL(std::string("li 2 validate"), set_validation("old", "wu", true));
        CPPUNIT_ASSERT_EQUAL(std::string("nothing"), set_policy("new", "wu"));
        CPPUNIT_ASSERT_EQUAL(std::string("li"),
                             said("select editor from uddi_entities where key = 'uddi:x:s'"));
        CPPUNIT_ASSERT_EQUAL(std::string(),
                             said("select editor from uddi_entities where key = 'uddi:hutong:org:gs'"));
    }

    void a_set_that_was_there_before_it_was_checked_gets_its_values() {
        upgrade();
        sql("insert into uddi_entities (key, kind, name) values ('uddi:uddi.org:categorization:nodes', "
            "'tmodel', 'uddi-org:nodes')");
        const auto nodes = [this] {
            run(uddi::complete_views(*pool_, config::Wsdl{})).value();
            return said("select string_agg(value, ' ') from uddi_values where tmodel like '%:nodes'");
        };
        CPPUNIT_ASSERT_EQUAL(std::string("node"), nodes());
        CPPUNIT_ASSERT_EQUAL(std::string("node"), nodes());
    }

    std::string said(const std::string& statement) { return std::string(sql(statement).text(0, 0)); }
};

CPPUNIT_TEST_SUITE_REGISTRATION(UpgradeTest);

}  // namespace hutong::registry
