// The detailed policy of a service: its document, its rules, and where it is kept.
#include "fixture.hpp"
#include "registry/model/policy_document.hpp"
#include "registry/store/catalogue_file.hpp"
#include "registry/store/catalogue_keeper.hpp"
#include "support/temporary_postgres.hpp"

namespace hutong::registry {
namespace {

class PolicyDocumentTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PolicyDocumentTest);
    CPPUNIT_TEST(what_is_written_reads_back);
    CPPUNIT_TEST(keys_change_what_there_is_and_a_preset_begins_anew);
    CPPUNIT_TEST(errors_name_line_key_and_the_nearest_known_one);
    CPPUNIT_TEST(weak_policies_need_to_be_meant);
    CPPUNIT_TEST(contradictions_are_refused);
    CPPUNIT_TEST(what_is_not_enforced_is_refused);
    CPPUNIT_TEST(algorithms_are_named_shortly_and_kept_as_uris);
    CPPUNIT_TEST(parts_and_algorithms_need_what_they_belong_to);
    CPPUNIT_TEST_SUITE_END();

    static std::string error_of(const std::string& document, Service service = {}) {
        const std::string before = policy_document(service);
        const auto applied = apply_policy(document, "p.toml", service);
        CPPUNIT_ASSERT_EQUAL(before, policy_document(service));
        return applied.has_error() ? applied.error().detail : "";
    }

    void what_is_written_reads_back() {
        Service service;
        service.policy = Policy::sign;
        service.forward = Forward::re_signed;
        service.security.request.sign_headers = {{"urn:a\"b", "Case"}, {"urn:c", "Number"}};
        service.security.request.signature_algorithms = {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"};
        service.security.request.freshness = std::chrono::seconds(60);
        service.security.response.freshness = std::chrono::seconds(30);
        service.security.request.content_algorithms = {"http://www.w3.org/2009/xmlenc11#aes256-gcm"};
        service.security.request.key_transports = {"http://www.w3.org/2009/xmlenc11#rsa-oaep",
                                                   "urn:oid:1.2.156.10197.1.301.3"};
        service.security.response.sign_addressing = true;
        service.security.response.sign_headers = {{"urn:a", "Case"}};
        service.security.response.signature_algorithm = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
        service.security.replay = ReplayScope::shared;
        service.security.identity = false;
        service.security.backend_key = security::KeyKind::rsa;
        Service again;
        CPPUNIT_ASSERT(apply_policy(policy_document(service), "p", again).has_value());
        CPPUNIT_ASSERT_EQUAL(policy_document(service), policy_document(again));
        CPPUNIT_ASSERT(again.forward == Forward::re_signed);
        CPPUNIT_ASSERT(again.security.request.sign_headers == service.security.request.sign_headers);
        CPPUNIT_ASSERT(again.security.request.freshness == std::chrono::seconds(60));
        CPPUNIT_ASSERT(!again.security.request.clock_skew);
        again.security = policy_of_stored(stored_policy(service));
        CPPUNIT_ASSERT_EQUAL(policy_document(service), policy_document(again));
    }

    void keys_change_what_there_is_and_a_preset_begins_anew() {
        Service service;
        CPPUNIT_ASSERT(apply_policy("request.freshness = 60\nreplay = 'shared'", "p", service).has_value());
        CPPUNIT_ASSERT(
            apply_policy("[request]\nsignature_algorithms = ['ecdsa-sha256']", "p", service).has_value());
        CPPUNIT_ASSERT(service.security.request.freshness == std::chrono::seconds(60));
        CPPUNIT_ASSERT(service.security.replay == ReplayScope::shared);
        CPPUNIT_ASSERT_EQUAL(std::string("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
                             service.security.request.signature_algorithms.at(0));
        CPPUNIT_ASSERT(apply_policy("preset = 'plain'", "p", service).has_value());
        CPPUNIT_ASSERT(service.policy == Policy::plain);
        CPPUNIT_ASSERT(!service.security.request.freshness);
        CPPUNIT_ASSERT(!service.security.request.asks_for_signature());
        CPPUNIT_ASSERT(service.security.replay == ReplayScope::local);
    }

    void errors_name_line_key_and_the_nearest_known_one() {
        CPPUNIT_ASSERT_EQUAL(std::string("p.toml line 2: unknown key \"request.sign_bdy\"; the nearest known "
                                         "one is \"request.sign_body\""),
                             error_of("[request]\nsign_bdy = true"));
        for (const auto& [document, words] :
             {std::pair{"replay = 'global'", "replay must be one of local, shared"},
              std::pair{"preset = 'strong'", "strong"},
              std::pair{"[request]\nsign_headers = ['Case']", "{namespace}name"},
              std::pair{"[request]\nsignature_algorithms = ['rsa-sha1']", "the nearest is \"rsa-sha"},
              std::pair{"request.content_algorithms = ['aes256-gcn']", "the nearest is \"aes256-gcm\""},
              std::pair{"request.content_algorithms = ['rsa-sha256']",
                        "no algorithm of this gateway for that"},
              std::pair{"request.key_transports = ['rsa-1_5']", "the nearest is \"rsa-oaep"},
              std::pair{"response.signature_algorithm = 'rsa-sha512'", "the nearest is \"rsa-sha256\""},
              std::pair{"response.signature_algorithms = []", "\"response.signature_algorithm\""},
              std::pair{"response.sign_headers = ['Case']", "{namespace}name"},
              std::pair{"[request]\nfreshness = 86400", "request.freshness must be 1 to 3600"},
              std::pair{"[request]\nclock_skew = 601", "request.clock_skew must be at most 600"},
              std::pair{"identity = 'yes'", "identity must be true or false"},
              std::pair{"[reqest]", "\"request\""}, std::pair{"replay = ", "line 1"}})
            CPPUNIT_ASSERT_MESSAGE(document + std::string(": ") + error_of(document),
                                   error_of(document).find(words) != std::string::npos);
    }

    void weak_policies_need_to_be_meant() {
        for (const std::string key : {"request.sign_body", "request.timestamp", "request.sign_addressing",
                                      "request.sign_attachments", "response.sign"}) {
            const std::string error = error_of(key + " = false");
            CPPUNIT_ASSERT_MESSAGE(error, error.find(key + " = false") != std::string::npos);
            CPPUNIT_ASSERT_MESSAGE(error, error.find("accept_weak = true") != std::string::npos);
            Service service;
            CPPUNIT_ASSERT(apply_policy("accept_weak = true\n" + key + " = false", "p", service).has_value());
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, weaknesses(service.policy, service.security).size());
            // Taken back, the weakness has to go as well.
            CPPUNIT_ASSERT(!error_of("accept_weak = false", service).empty());
        }
        CPPUNIT_ASSERT(weaknesses(Policy::sign, preset_policy(Policy::sign)).empty());
        CPPUNIT_ASSERT(weaknesses(Policy::plain, preset_policy(Policy::plain)).empty());
    }

    void contradictions_are_refused() {
        CPPUNIT_ASSERT(error_of("preset = 'plain'\nrequest.sign_body = true").find("use preset sign") !=
                       std::string::npos);
        CPPUNIT_ASSERT(
            error_of("preset = 'plain'\nrequest.sign_attachments = true").find("use preset sign") !=
            std::string::npos);
        CPPUNIT_ASSERT(error_of("preset = 'plain'\nresponse.sign = true").find("use preset sign") !=
                       std::string::npos);
        CPPUNIT_ASSERT(error_of("preset = 'plain'\nreplay = 'shared'").find("signed messages") !=
                       std::string::npos);
        CPPUNIT_ASSERT(error_of("preset = 'plain'\nrequest.encrypt_body = true").find("sign-encrypt") !=
                       std::string::npos);
        CPPUNIT_ASSERT(error_of("request.accept_x509 = false").find("no token") != std::string::npos);
    }

    void what_is_not_enforced_is_refused() {
        Service encrypting;
        CPPUNIT_ASSERT(apply_policy("preset = 'sign-encrypt'", "p.toml", encrypting).has_value());
        CPPUNIT_ASSERT(encrypting.security.request.encrypt_body && encrypting.security.response.encrypt_body);
        CPPUNIT_ASSERT(error_of("response.encrypt_headers = ['{urn:a}b']").find("only the Body") !=
                       std::string::npos);
    }

    void algorithms_are_named_shortly_and_kept_as_uris() {
        Service service;
        CPPUNIT_ASSERT(
            apply_policy("request.content_algorithms = ['aes256-gcm', 'urn:oid:1.2.156.10197.1.104.2']\n"
                         "request.key_transports = ['rsa-oaep', 'rsa-oaep-mgf1p']\n"
                         "response.signature_algorithm = 'ecdsa-sha256'",
                         "p", service)
                .has_value());
        const security::MessagePolicy& request = service.security.request;
        CPPUNIT_ASSERT(request.content_algorithms ==
                       (std::vector<std::string>{"http://www.w3.org/2009/xmlenc11#aes256-gcm",
                                                 "urn:oid:1.2.156.10197.1.104.2"}));
        CPPUNIT_ASSERT(request.key_transports ==
                       (std::vector<std::string>{"http://www.w3.org/2009/xmlenc11#rsa-oaep",
                                                 "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"}));
        CPPUNIT_ASSERT_EQUAL(std::string("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
                             service.security.response.signature_algorithm);
        CPPUNIT_ASSERT(
            apply_policy("request.key_transports = []\nresponse.signature_algorithm = ''", "p", service)
                .has_value());
        CPPUNIT_ASSERT(request.key_transports.empty() &&
                       service.security.response.signature_algorithm.empty());
    }

    static void taken(const std::string& document) {
        Service service;
        const auto applied = apply_policy(document, "p.toml", service);
        CPPUNIT_ASSERT_MESSAGE(applied.has_error() ? applied.error().detail : "", applied.has_value());
    }

    void parts_and_algorithms_need_what_they_belong_to() {
        const std::string unsigned_answers = "accept_weak = true\nresponse.sign = false\n";
        for (const std::string key : {"sign_addressing = true", "sign_headers = ['{urn:a}b']",
                                      "signature_algorithm = 'rsa-sha256'"}) {
            taken("response." + key);
            const std::string error = error_of(unsigned_answers + "response." + key);
            CPPUNIT_ASSERT_MESSAGE(
                error, error.ends_with("response." + key.substr(0, key.find(' ')) + " needs response.sign"));
            CPPUNIT_ASSERT(!error_of("preset = 'plain'\nresponse." + key).empty());
        }
        const std::string unsigned_requests =
            "accept_weak = true\n[request]\nsign_body = false\ntimestamp = false\nsign_addressing = false\n";
        taken(unsigned_requests);
        for (const std::string key :
             {"encrypt_body = true", "encrypt_headers = ['{urn:a}b']", "content_algorithms = ['aes256-gcm']",
              "key_transports = ['rsa-oaep']"}) {
            taken("request." + key);
            const std::string error = error_of(unsigned_requests + key);
            CPPUNIT_ASSERT_MESSAGE(
                error, error.find("request." + key.substr(0, key.find(' ')) +
                                  " is for messages with a Security header") != std::string::npos);
            CPPUNIT_ASSERT(!error_of("preset = 'plain'\nrequest." + key).empty());
        }
        const std::string own =
            error_of("response.sign_headers = ['{" + std::string(soap::ns_wsse) + "}Security']");
        CPPUNIT_ASSERT_MESSAGE(own, own.find("the gateway's own to make") != std::string::npos);
    }
};

class StoredPolicyTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(StoredPolicyTest);
    CPPUNIT_TEST(a_document_is_published_kept_and_changed);
    CPPUNIT_TEST(publishing_again_keeps_the_policy);
    CPPUNIT_TEST(what_is_refused_changes_nothing);
    CPPUNIT_TEST(the_snapshot_on_disk_has_it);
    CPPUNIT_TEST(rows_from_before_have_their_presets_policy);
    CPPUNIT_TEST(answers_are_signed_by_a_key_that_the_node_has);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        RegistryFixture::setUp();
        add_people();
    }
    Service service() { return run(publication_->show("gs/company")).value().service; }

    void a_document_is_published_kept_and_changed() {
        PublishRequest wanted = request(contract());
        wanted.policy_document = "backend = 're-signed'\n[request]\nfreshness = 60\n";
        publish(wanted);
        CPPUNIT_ASSERT(service().forward == Forward::re_signed);
        CPPUNIT_ASSERT(service().security.request.freshness == std::chrono::seconds(60));
        CPPUNIT_ASSERT(!publish(wanted).changed);
        const auto before = generation();
        const Service changed =
            run(publication_->change_policy("gs/company", "replay = 'shared'", "--set")).value().service;
        CPPUNIT_ASSERT(changed.security.replay == ReplayScope::shared);
        CPPUNIT_ASSERT(changed.security.request.freshness == std::chrono::seconds(60));
        CPPUNIT_ASSERT_EQUAL(policy_document(changed), policy_document(service()));
        CPPUNIT_ASSERT_EQUAL(before + 1, generation());
        run(publication_->change_policy("gs/company", "replay = 'shared'", "--set")).value();
        CPPUNIT_ASSERT_EQUAL(before + 1, generation());
        CPPUNIT_ASSERT(run(publication_->change_policy("gs/nothing", "", "--set")).has_error());
    }

    void publishing_again_keeps_the_policy() {
        PublishRequest wanted = request(contract("A"));
        wanted.policy_document = "[request]\nfreshness = 60\n";
        publish(wanted);
        publish(request(contract("B")));
        CPPUNIT_ASSERT(service().security.request.freshness == std::chrono::seconds(60));
        wanted = request(contract("B"));
        wanted.policy = Policy::sign;
        CPPUNIT_ASSERT(publish(wanted).changed);
        CPPUNIT_ASSERT(!service().security.request.freshness);
    }

    void what_is_refused_changes_nothing() {
        PublishRequest wanted = request(contract());
        wanted.policy_document = "[request]\nsign_body = false\n";
        wanted.policy_name = "weak.toml";
        CPPUNIT_ASSERT(publish_error(wanted).detail.starts_with("weak.toml: the policy is weak"));
        publish(request(contract()));
        const auto before = generation();
        const auto refused = run(publication_->change_policy("gs/company", "response.sign = false", "--set"));
        CPPUNIT_ASSERT(refused.error().code == ErrorCode::refused);
        CPPUNIT_ASSERT_EQUAL(before, generation());
    }

    void the_snapshot_on_disk_has_it() {
        PublishRequest wanted = request(contract());
        wanted.policy_document = "identity = false\n[request]\nsign_headers = ['{urn:x}Case']\n";
        publish(wanted);
        const auto catalogue = run(read_catalogue(*pool_, nullptr)).value();
        const test::TemporaryFolder folder;
        const Home home{folder.path()};
        std::filesystem::create_directories(home.cache());
        std::filesystem::create_directories(home.keys());
        save_catalogue(home, *catalogue).value();
        const auto loaded = load_catalogue(home).value();
        CPPUNIT_ASSERT_EQUAL(policy_document(service()), policy_document(loaded->services.at(0)));
        CPPUNIT_ASSERT(!loaded->services.at(0).security.identity);
    }

    void answers_are_signed_by_a_key_that_the_node_has() {
        const std::string by_sm2 = "response.signature_algorithm = 'urn:oid:1.2.156.10197.1.501'\n";
        PublishRequest wanted = request(contract());
        wanted.policy_document = by_sm2;
        wanted.policy_name = "sm2.toml";
        const std::string error = publish_error(wanted).detail;
        CPPUNIT_ASSERT_MESSAGE(error, error.find("goes with a key of the kind sm2, and this node has none") !=
                                          std::string::npos);
        publish(request(contract()));
        const auto refused = run(publication_->change_policy("gs/company", by_sm2, "--set"));
        CPPUNIT_ASSERT(refused.has_error() &&
                       refused.error().detail.starts_with("--set: response.signature_algorithm"));
        run(publication_->change_policy("gs/company", "response.signature_algorithm = 'rsa-sha256'", "--set"))
            .value();
        // Another node has one; what it set, this one may leave.
        Publication other(*pool_, config::Wsdl{}, blocking_,
                          {security::KeyKind::p256, security::KeyKind::sm2});
        run(other.change_policy("gs/company", by_sm2, "--set")).value();
        const Service changed =
            run(publication_->change_policy("gs/company", "request.freshness = 60", "--set")).value().service;
        CPPUNIT_ASSERT_EQUAL(std::string("urn:oid:1.2.156.10197.1.501"),
                             changed.security.response.signature_algorithm);
        CPPUNIT_ASSERT(
            run(other.change_policy("gs/company", "response.signature_algorithm = 'rsa-sha256'", "--set"))
                .has_error());
    }

    void rows_from_before_have_their_presets_policy() {
        PublishRequest wanted = request(contract());
        wanted.policy = Policy::plain;
        publish(wanted);
        sql("update services set security = null");
        CPPUNIT_ASSERT(!service().security.request.asks_for_signature());
        sql("update services set policy = 'sign'");
        CPPUNIT_ASSERT(service().security.request.sign_body && service().security.response.sign_body);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PolicyDocumentTest);
CPPUNIT_TEST_SUITE_REGISTRATION(StoredPolicyTest);

}  // namespace
}  // namespace hutong::registry
