// The resource catalogue and the search on a real database.
#include "registry/catalogue/resource_catalogue.hpp"

#include "fixture.hpp"
#include "registry/publication/uddi/views.hpp"

namespace hutong::registry {

class ResourceCatalogueTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(ResourceCatalogueTest);
    CPPUNIT_TEST(a_service_is_an_entry);
    CPPUNIT_TEST(the_agency_s_words_go_first_and_stay_while_it_is_offline);
    CPPUNIT_TEST(a_change_to_another_revision_says_who_changed_what);
    CPPUNIT_TEST(a_change_of_what_nobody_looked_at_says_what_it_replaced);
    CPPUNIT_TEST(elements_are_checked);
    CPPUNIT_TEST(found_by_two_characters_and_in_order);
    CPPUNIT_TEST(pairs_that_stand_apart_are_no_phrase);
    CPPUNIT_TEST(documents_that_an_older_version_left_out_are_made);
    CPPUNIT_TEST(a_search_uses_its_indexes);
    CPPUNIT_TEST_SUITE_END();

    static constexpr const char* key = "uddi:hutong:service:gs:company";
    std::unique_ptr<ResourceCatalogue> catalogue_;

  public:
    void setUp() override {
        RegistryFixture::setUp();
        run(uddi::complete_views(*pool_, config::Wsdl{})).value();
        add_people();
        catalogue_ =
            std::make_unique<ResourceCatalogue>(*pool_, [] { return std::string("https://gw.test"); });
        publish(request(contract()));
    }

  private:
    ResourceEntry entry(const std::string& id = "gs/company") { return run(catalogue_->entry(id)).value(); }
    Result<EditedEntry> edit(Edit edit, std::map<std::string, std::string> fields) {
        return run(catalogue_->change({"gs/company", std::move(edit), std::move(fields)}));
    }
    Result<ResourceEntry> set(const std::string& seen, std::map<std::string, std::string> fields) {
        auto edited = edit({"li", seen}, std::move(fields));
        if (edited.has_error()) return edited.error();
        return std::move(edited->entry);
    }
    std::string refusal(std::map<std::string, std::string> fields) {
        const auto done = set(entry().revision, std::move(fields));
        CPPUNIT_ASSERT(done.has_error());
        CPPUNIT_ASSERT(done.error().code == ErrorCode::invalid);
        return done.error().detail;
    }
    SearchAnswer search(const std::string& text) { return run(catalogue_->search(text, 20)).value(); }
    std::string found(const std::string& text) {
        std::string all;
        for (const SearchHit& hit : search(text).hits) all += hit.key + "=" + hit.matched + " ";
        return all;
    }
    // As a publisher would have saved it, before there were documents.
    void add_uddi_service(const std::string& name, const std::string& description = "") {
        sql("insert into uddi_entities (key, kind, parent, owner, name, descriptions) values "
            "(lower('uddi:test:" +
            name + "'), 'service', 'uddi:hutong:org:gs', 'gs', '" + name + "', '<description>" + description +
            "</description>')");
        sql("insert into uddi_names (entity, kind, position, name) values (lower('uddi:test:" + name +
            "'), 'service', 0, '" + name + "')");
    }

    void a_service_is_an_entry() {
        const ResourceEntry one = entry();
        CPPUNIT_ASSERT_EQUAL(std::string(key), one.key);
        CPPUNIT_ASSERT_EQUAL(std::string("0"), one.revision);
        CPPUNIT_ASSERT_EQUAL(std::string("工商局"), one.provider);
        CPPUNIT_ASSERT_EQUAL(std::string(key), one.identifier);
        CPPUNIT_ASSERT_EQUAL(std::string("https://gw.test/services/gs/company"), one.online);
        CPPUNIT_ASSERT(!one.title.empty() && !one.metadata_identifier.empty() && !one.published.empty());
        CPPUNIT_ASSERT_EQUAL(one.key, entry(key).key);
        CPPUNIT_ASSERT(run(catalogue_->entry("gs/nothing")).error().code == ErrorCode::not_found);
        publish_draft();
        CPPUNIT_ASSERT(run(catalogue_->entry("gs/later")).error().code == ErrorCode::not_found);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, run(catalogue_->list({})).value().entries.size());
        CPPUNIT_ASSERT_EQUAL(std::string(), found("later"));
    }
    void publish_draft() {
        PublishRequest draft = request(contract());
        draft.name = "later";
        draft.draft = true;
        publish(draft);
    }

    void the_agency_s_words_go_first_and_stay_while_it_is_offline() {
        ResourceEntry one = set("0", {{"title", "企业登记信息"},
                                      {"theme", "ZA00"},
                                      {"theme_name", "综合政务"},
                                      {"region", "330106"},
                                      {"keywords", "法人\n执照"}})
                                .value();
        CPPUNIT_ASSERT_EQUAL(std::string("1"), one.revision);
        CPPUNIT_ASSERT_EQUAL(std::string("企业登记信息"), one.title);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, one.keywords.size());
        CPPUNIT_ASSERT_EQUAL(std::string("ZA00"), one.themes.at(0).code);
        EntryFilter filter;
        filter.theme = "ZA";
        filter.region = "330000";
        filter.agency = "gs";
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, run(catalogue_->list(filter)).value().entries.size());
        filter.region = "340000";
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, run(catalogue_->list(filter)).value().entries.size());
        const auto regions = run(catalogue_->regions()).value();
        CPPUNIT_ASSERT_EQUAL(std::string("330000"), regions.at(0).code);
        CPPUNIT_ASSERT_EQUAL(std::string("330106"), regions.at(0).children.at(0).children.at(0).code);
        CPPUNIT_ASSERT_EQUAL(std::string(key) + "=name ", found("执照"));

        sql("update services set status = 'offline' where name = 'company'");
        run(pool_->transaction([](pg::Session& session) {
            return uddi::remove_view(session, "gs", "company");
        })).value();
        CPPUNIT_ASSERT(run(catalogue_->entry("gs/company")).has_error());
        CPPUNIT_ASSERT_EQUAL(std::string(), found("执照"));
        CPPUNIT_ASSERT(run(catalogue_->themes()).value().empty());
        publish(request(contract()));
        CPPUNIT_ASSERT_EQUAL(std::string("企业登记信息"), entry().title);
        CPPUNIT_ASSERT_EQUAL(std::string(key) + "=name ", found("执照"));
        CPPUNIT_ASSERT(set("1", {{"title", ""}}).value().title != "企业登记信息");
    }

    void a_change_to_another_revision_says_who_changed_what() {
        set("0", {{"contact", "010-1"}, {"title", "一"}}).value();
        const auto late = set("0", {{"title", "二"}});
        CPPUNIT_ASSERT(late.error().code == ErrorCode::conflict);
        CPPUNIT_ASSERT(late.error().detail.find("changed since: contact, title, by li") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("一"), entry().title);
        CPPUNIT_ASSERT(set("7", {{"title", "二"}}).error().code == ErrorCode::conflict);
    }

    // Of parts, each by whoever set it last; what he said he had seen he has not replaced unawares.
    void a_change_of_what_nobody_looked_at_says_what_it_replaced() {
        CPPUNIT_ASSERT(!edit({"li"}, {{"contact", "010-1"}, {"title", "一"}}).value().replaced);
        CPPUNIT_ASSERT(!edit({"wu"}, {{"maintainer", "吴"}}).value().replaced);
        const auto replaced = edit({"wu"}, {{"maintainer", "伍"}, {"title", "二"}}).value().replaced;
        CPPUNIT_ASSERT(replaced && replaced->by == "li" && replaced->revision == "1" &&
                       !replaced->at.empty());
        CPPUNIT_ASSERT(replaced->parts == std::vector<std::string>{"title"});
        CPPUNIT_ASSERT(!edit({"wu"}, {{"title", "三"}}).value().replaced);
        CPPUNIT_ASSERT(!edit({"li", "4"}, {{"title", "四"}}).value().replaced);
        CPPUNIT_ASSERT(edit({"wu"}, {{"title", "五"}}).value().replaced);
    }

    void elements_are_checked() {
        CPPUNIT_ASSERT(refusal({{"published", "2026-02-30"}}).starts_with("published: "));
        CPPUNIT_ASSERT(refusal({{"region", "990000"}}).starts_with("region: "));
        CPPUNIT_ASSERT(refusal({{"region", "3301"}}).starts_with("region: "));
        CPPUNIT_ASSERT(refusal({{"theme", "A%"}}).starts_with("theme: "));
        CPPUNIT_ASSERT(refusal({{"online", "javascript:1"}}).starts_with("online: "));
        CPPUNIT_ASSERT(refusal({{"title", std::string(256, 'a')}}).starts_with("title: "));
        CPPUNIT_ASSERT(refusal({{"begins", "2026-02-01"}, {"ends", "2026-01-01"}}).starts_with("ends: "));
        CPPUNIT_ASSERT(refusal({}).starts_with("there is nothing"));
        CPPUNIT_ASSERT_EQUAL(std::string("0"), entry().revision);
    }

    void found_by_two_characters_and_in_order() {
        add_uddi_service("税务登记", "GetCompany");
        add_uddi_service("GetCompany", "某某企业的登记");
        run(uddi::complete_views(*pool_, config::Wsdl{})).value();
        CPPUNIT_ASSERT_EQUAL(std::string("uddi:test:税务登记=name uddi:test:getcompany=description "),
                             found("登记"));
        CPPUNIT_ASSERT_EQUAL(std::string("uddi:test:getcompany=description "), found("企业"));
        CPPUNIT_ASSERT_EQUAL(
            "uddi:test:getcompany=name " + std::string(key) + "=operation uddi:test:税务登记=description ",
            found("getCompany"));
        CPPUNIT_ASSERT_EQUAL(std::string(key) + "=operation ", found("list companies"));
        CPPUNIT_ASSERT_EQUAL(std::string(), found("登企"));
    }

    void pairs_that_stand_apart_are_no_phrase() {
        add_uddi_service("企业的业信");
        add_uddi_service("企业信息");
        run(uddi::complete_views(*pool_, config::Wsdl{})).value();
        CPPUNIT_ASSERT_EQUAL(std::string("uddi:test:企业信息=name "), found("企业信"));
    }

    void documents_that_an_older_version_left_out_are_made() {
        sql("delete from search_documents");
        CPPUNIT_ASSERT_EQUAL(std::string(), found("GetCompany"));
        run(uddi::complete_views(*pool_, config::Wsdl{})).value();
        CPPUNIT_ASSERT_EQUAL(std::string(key) + "=operation ", found("GetCompany"));
    }

    void a_search_uses_its_indexes() {
        sql("insert into uddi_entities (key, kind, parent, owner, name) select 'uddi:many:' || n, 'service', "
            "'uddi:hutong:org:gs', 'gs', 'n' || n from generate_series(1, 20000) n");
        sql("insert into search_documents (service, words, name_words) select 'uddi:many:' || n, array['w' "
            "|| n % 5000], "
            "array['w' || n % 5000] from generate_series(1, 20000) n");
        sql("analyze search_documents");
        std::string plan;
        const pg::Rows rows =
            sql("explain select service from search_documents where words @> array['企业']");
        for (std::size_t i = 0; i < rows.size(); ++i) plan += std::string(rows.text(i, 0)) + "\n";
        CPPUNIT_ASSERT_MESSAGE(plan, plan.find("search_documents_by_any") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, search("w17").hits.size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ResourceCatalogueTest);

}  // namespace hutong::registry
