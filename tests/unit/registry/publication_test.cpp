// Publishing: versions, idempotence, and what is refused.
#include "fixture.hpp"
#include "registry/lifecycle/service_life.hpp"
#include "registry/store/catalogue_keeper.hpp"
#include "wsdl/reader.hpp"

namespace hutong::registry {
namespace {

class PublicationTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(PublicationTest);
    CPPUNIT_TEST(a_service_is_published_with_what_its_contract_says);
    CPPUNIT_TEST(the_same_again_changes_nothing);
    CPPUNIT_TEST(settings_change_without_a_new_version);
    CPPUNIT_TEST(settings_are_changed_alone_and_stay);
    CPPUNIT_TEST(versions_count_up_and_contracts_are_kept_once);
    CPPUNIT_TEST(two_who_publish_at_once_are_both_kept);
    CPPUNIT_TEST(an_unusable_contract_is_refused_with_its_place);
    CPPUNIT_TEST(endpoints_must_be_web_addresses);
    CPPUNIT_TEST(several_wsdl_services_need_a_choice);
    CPPUNIT_TEST(unknown_organisations_and_bad_names_are_refused);
    CPPUNIT_TEST(retired_services_come_back_by_publishing);
    CPPUNIT_TEST(stored_contracts_never_change);
    CPPUNIT_TEST(the_policies_are_named);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        RegistryFixture::setUp();
        add_people();
    }

    void a_service_is_published_with_what_its_contract_says() {
        const auto before = generation();
        const PublishOutcome outcome = publish(request(contract()));
        CPPUNIT_ASSERT(outcome.changed);
        CPPUNIT_ASSERT_EQUAL(1u, outcome.version);
        CPPUNIT_ASSERT_EQUAL(before + 1, generation());
        const ServiceDetail detail = run(publication_->show("gs/company")).value();
        CPPUNIT_ASSERT(detail.service.endpoints == std::vector<std::string>{"http://127.0.0.1:9/company"});
        CPPUNIT_ASSERT(detail.service.policy == Policy::sign);
        CPPUNIT_ASSERT(detail.service.status == ServiceStatus::online);
        CPPUNIT_ASSERT(!detail.service.journal);
        CPPUNIT_ASSERT_EQUAL(wsdl::content_id(contract()), detail.service.contract);
    }

    void the_same_again_changes_nothing() {
        publish(request(contract()));
        const auto before = generation();
        const auto changed = sql("select changed from services").value(0, 0);
        const PublishOutcome outcome = publish(request(contract()));
        CPPUNIT_ASSERT(!outcome.changed);
        CPPUNIT_ASSERT_EQUAL(1u, outcome.version);
        CPPUNIT_ASSERT_EQUAL(before, generation());
        CPPUNIT_ASSERT(changed == sql("select changed from services").value(0, 0));
    }

    void settings_change_without_a_new_version() {
        publish(request(contract()));
        PublishRequest other = request(contract());
        other.policy = Policy::plain;
        other.journal = JournalLevel::metadata;
        other.forward = Forward::unchanged;
        other.validate = false;
        other.endpoints = {"https://b.example/x", "http://a.example:8080"};
        const PublishOutcome outcome = publish(other);
        CPPUNIT_ASSERT(outcome.changed);
        CPPUNIT_ASSERT_EQUAL(1u, outcome.version);
        const Service service = run(publication_->show("gs/company")).value().service;
        CPPUNIT_ASSERT(service.policy == Policy::plain);
        CPPUNIT_ASSERT(service.journal == JournalLevel::metadata);
        CPPUNIT_ASSERT(service.forward == Forward::unchanged);
        CPPUNIT_ASSERT(!service.validate);
        CPPUNIT_ASSERT(service.endpoints == other.endpoints);
        CPPUNIT_ASSERT(!publish(other).changed);
        other.endpoints.pop_back();
        CPPUNIT_ASSERT(publish(other).changed);
    }

    // Whoever publishes again says nothing about what is another officer's.
    void settings_are_changed_alone_and_stay() {
        publish(request(contract()));
        ServiceSettings settings;
        settings.journal = JournalLevel::none;
        settings.validate = false;
        run(publication_->change_settings("gs/company", settings)).value();
        publish(request(contract("B")));
        Service service = run(publication_->show("gs/company")).value().service;
        CPPUNIT_ASSERT(service.version == 2 && service.journal == JournalLevel::none && !service.validate);
        const auto before = generation();
        run(publication_->change_settings("gs/company", settings)).value();
        CPPUNIT_ASSERT_EQUAL(before, generation());
        settings.journal = std::optional<JournalLevel>();
        settings.validate = std::nullopt;
        service = run(publication_->change_settings("gs/company", settings)).value().service;
        CPPUNIT_ASSERT(!service.journal && !service.validate);
        CPPUNIT_ASSERT(run(publication_->change_settings("gs/none", settings)).error().code ==
                       ErrorCode::not_found);
    }

    void versions_count_up_and_contracts_are_kept_once() {
        CPPUNIT_ASSERT_EQUAL(1u, publish(request(contract("A"))).version);
        CPPUNIT_ASSERT_EQUAL(2u, publish(request(contract("B"))).version);
        CPPUNIT_ASSERT_EQUAL(3u, publish(request(contract("A"))).version);
        const ServiceDetail detail = run(publication_->show("gs/company")).value();
        CPPUNIT_ASSERT_EQUAL(3u, detail.service.version);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, detail.versions.size());
        CPPUNIT_ASSERT_EQUAL(3u, detail.versions.front().first);
        CPPUNIT_ASSERT_EQUAL(detail.versions.front().second, detail.versions.back().second);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, number("select count(*) from contracts"));
        const auto catalogue = run(read_catalogue(*pool_, nullptr)).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, catalogue->contracts.size());
        CPPUNIT_ASSERT(catalogue->contracts.begin()->second->bundle.files == contract("A").files);
    }

    void two_who_publish_at_once_are_both_kept() {
        unsigned done = 0;
        std::vector<unsigned> versions;
        for (int caller = 0; caller < 6; ++caller) {
            asio::co_spawn(
                context_,
                [&, caller]() -> Awaitable<void> {
                    PublishRequest wanted = request(contract("Op" + std::to_string(caller)));
                    const auto outcome = co_await publication_->publish(std::move(wanted));
                    versions.push_back(outcome.value().version);
                    ++done;
                },
                asio::detached);
        }
        test::run_until(context_, [&] { return done == 6; });
        std::sort(versions.begin(), versions.end());
        CPPUNIT_ASSERT((versions == std::vector<unsigned>{1, 2, 3, 4, 5, 6}));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{6},
                             number("select count(distinct contract) from service_versions"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{6}, number("select version from services"));
    }

    void an_unusable_contract_is_refused_with_its_place() {
        wsdl::Bundle broken = contract();
        std::string& text = broken.files["company.wsdl"];
        text.replace(text.find("type='t:CompanyType'"), 20, "type='t:Nowhere'    ");
        const Error error = publish_error(request(broken));
        CPPUNIT_ASSERT(error.code == ErrorCode::invalid);
        CPPUNIT_ASSERT(error.detail.find("company.wsdl:1") != std::string::npos);
        CPPUNIT_ASSERT(error.detail.find("Nowhere") != std::string::npos);
        broken.files["company.wsdl"] = "not XML at all";
        CPPUNIT_ASSERT(publish_error(request(broken)).code == ErrorCode::invalid);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, number("select count(*) from contracts"));
    }

    void endpoints_must_be_web_addresses() {
        for (const char* bad : {"", "localhost:8080", "ftp://a/b", "http://", "http:///path",
                                "file:///etc/passwd", "http://a b/", "javascript:alert(1)"}) {
            PublishRequest wanted = request(contract());
            wanted.endpoints = {"http://good.example/", bad};
            CPPUNIT_ASSERT_MESSAGE(bad, publish_error(wanted).code == ErrorCode::invalid);
        }
        PublishRequest twice = request(contract());
        twice.endpoints = {"http://a/", "http://a/"};
        CPPUNIT_ASSERT(publish_error(twice).detail.find("twice") != std::string::npos);
        const Error none = publish_error(request(contract("A", "B", "REPLACE_WITH_ACTUAL_URL")));
        CPPUNIT_ASSERT(none.detail.find("--endpoint") != std::string::npos);
    }

    void several_wsdl_services_need_a_choice() {
        wsdl::Bundle two = contract();
        std::string& text = two.files["company.wsdl"];
        text.insert(text.find("</definitions>"),
                    "<service name='Second'><port name='P' binding='t:CompanyBinding'><soap:address "
                    "location='http://127.0.0.1:9/second'/></port></service>");
        CPPUNIT_ASSERT(publish_error(request(two)).detail.find("Company, Second") != std::string::npos);
        PublishRequest wanted = request(two);
        wanted.wsdl_service = "Secnd";
        CPPUNIT_ASSERT(publish_error(wanted).detail.find("nearest is \"Second\"") != std::string::npos);
        wanted.wsdl_service = "Second";
        publish(wanted);
        const Service service = run(publication_->show("gs/company")).value().service;
        CPPUNIT_ASSERT(service.endpoints == std::vector<std::string>{"http://127.0.0.1:9/second"});
    }

    void unknown_organisations_and_bad_names_are_refused() {
        PublishRequest wanted = request(contract());
        wanted.org = "nobody";
        CPPUNIT_ASSERT(publish_error(wanted).code == ErrorCode::not_found);
        wanted.org = "gs";
        for (const char* bad : {"", "Company", "a/b", "../x", "-a", "公司"}) {
            wanted.name = bad;
            CPPUNIT_ASSERT_MESSAGE(bad, publish_error(wanted).code == ErrorCode::invalid);
        }
        CPPUNIT_ASSERT(run(publication_->add_organisation({"gs", "again"})).error().code ==
                       ErrorCode::conflict);
        CPPUNIT_ASSERT(run(publication_->add_organisation({"x", ""})).error().code == ErrorCode::invalid);
        CPPUNIT_ASSERT(run(publication_->show("gs/none")).error().code == ErrorCode::not_found);
        CPPUNIT_ASSERT(run(publication_->show("gs")).error().code == ErrorCode::invalid);
    }

    void retired_services_come_back_by_publishing() {
        publish(request(contract()));
        ServiceLife life(*pool_, {}, blocking_);
        run(life.retire({"gs/company", "offline", "gone", "owner", "", {}, {}, true})).value();
        CPPUNIT_ASSERT(run(publication_->show("gs/company")).value().service.status ==
                       ServiceStatus::offline);
        const auto before = generation();
        run(life.retire({"gs/company", "offline", "gone", "owner", "", {}, {}, true})).value();
        CPPUNIT_ASSERT_EQUAL(before, generation());
        CPPUNIT_ASSERT(publish(request(contract())).changed);
        CPPUNIT_ASSERT(run(publication_->show("gs/company")).value().service.status == ServiceStatus::online);
        CPPUNIT_ASSERT(
            run(life.retire({"gs/other", "offline", "gone", "owner", "", {}, {}, true})).error().code ==
            ErrorCode::not_found);
    }

    void stored_contracts_never_change() {
        publish(request(contract()));
        const auto code = [this](const char* text) { return run(pool_->query(text)).error().code; };
        CPPUNIT_ASSERT(code("update contract_files set content = ''") == ErrorCode::conflict);
        CPPUNIT_ASSERT(code("update contracts set main = 'types.xsd'") == ErrorCode::conflict);
        CPPUNIT_ASSERT(code("delete from contracts") == ErrorCode::conflict);
        CPPUNIT_ASSERT(code("update services set version = 2") == ErrorCode::not_found);
        CPPUNIT_ASSERT(code("insert into contracts (id, main) values (repeat('a', 64), 'gone.wsdl')") ==
                       ErrorCode::not_found);
    }

    void the_policies_are_named() {
        CPPUNIT_ASSERT(policy_from("sign").value() == Policy::sign);
        CPPUNIT_ASSERT(policy_from("plain").value() == Policy::plain);
        CPPUNIT_ASSERT(policy_from("sign-encrypt").value() == Policy::sign_encrypt);
        CPPUNIT_ASSERT_EQUAL(std::string_view("sign-encrypt"), to_string(Policy::sign_encrypt));
        CPPUNIT_ASSERT(policy_from("none").error().code == ErrorCode::invalid);
        for (const auto level :
             {JournalLevel::full, JournalLevel::evidence, JournalLevel::metadata, JournalLevel::none})
            CPPUNIT_ASSERT(journal_level_from(to_string(level)).value() == level);
        for (const auto forward : {Forward::stripped, Forward::unchanged, Forward::re_signed})
            CPPUNIT_ASSERT(forward_from(to_string(forward)).value() == forward);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PublicationTest);

}  // namespace
}  // namespace hutong::registry
