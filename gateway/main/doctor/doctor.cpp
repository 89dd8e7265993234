#include "gateway/main/doctor/doctor.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>

#include "base/pg/embedded.hpp"
#include "gateway/main/admin/client.hpp"
#include "gateway/main/daemon/home_lock.hpp"
#include "gateway/main/doctor/probes.hpp"
#include "gateway/main/files.hpp"
#include "gateway/main/node_keys.hpp"
#include "gateway/main/pem.hpp"
#include "security/journal/journal.hpp"

namespace hutong::doctor {

namespace {

namespace json = boost::json;

class Examination {
  public:
    explicit Examination(const Home& home) : home_(home), now_(system_clock().now()) {}

    std::vector<Finding> run() {
        if (!examine_configuration()) return std::move(findings_);
        examine_daemon();
        examine_ports();
        examine_certificates();
        examine_keys();
        examine_pki();
        examine_database();
        findings_.push_back(check_clock({now_, newest_not_before_, database_clock_}));
        examine_disks();
        examine_secrets();
        examine_journal();
        findings_.push_back(check_open_files(open_file_limit(), config_.http.max_connections));
        examine_officers();
        return std::move(findings_);
    }

  private:
    void add(Level level, std::string what, std::string state, std::string mend = {}) {
        findings_.push_back({level, std::move(what), std::move(state), std::move(mend)});
    }

    bool examine_configuration() {
        auto config = config::load(home_.config());
        if (!config) {
            add(Level::fail, "configuration", config.error().detail,
                "mend hutong.toml; hutong config check tells more");
            return false;
        }
        config_ = std::move(*config);
        add(Level::ok, "configuration", home_.config().string());
        return true;
    }

    void examine_daemon() {
        const auto pid = daemon::running_daemon(home_);
        running_ = pid.has_value();
        if (!running_) {
            add(Level::warn, "daemon", "not running", "start it: hutong serve --home " + home_.root.string());
            return;
        }
        const auto status = admin::ask(home_, {"status", {}}, std::chrono::seconds(5));
        if (!status) {
            add(Level::fail, "daemon",
                "pid " + std::to_string(*pid) + " does not answer: " + status.error().detail,
                "see its log; restart it");
            return;
        }
        status_ = status->as_object();
        if (status_.at("ready").as_bool()) {
            add(Level::ok, "daemon", "pid " + std::to_string(*pid) + ", ready");
            return;
        }
        for (const json::value& reason : status_.at("hindrances").as_array())
            add(Level::fail, "daemon", std::string(reason.as_string()),
                "calls are refused until this is mended");
    }

    // The database may be edited by who owns it; what the journal holds stays.
    bool was_separated() const {
        bool found = false;
        const auto read = security::for_each_record(
            home_.journal(), std::nullopt, [&](const security::StoredRecord& stored) {
                found = found ||
                        (stored.record.kind == security::RecordKind::admin &&
                         stored.record.operation == "officers.separate" && stored.record.outcome == "ok");
            });
        return read.has_value() && found;
    }

    void examine_officers() {
        const json::value* mode = status_.if_contains("mode");
        if (!mode) return add(Level::warn, "officers", "not known while the daemon is away", "start it");
        if (*mode == "single-officer" && was_separated())
            return add(Level::fail, "officers",
                       "the journal says that they were separated, the database says they are not",
                       "the database was changed by hand: find out by whom, and let an auditor see it");
        if (*mode == "single-officer")
            return add(Level::warn, "officers",
                       "single-officer mode: the owner of the home may do everything",
                       "fit for a trial; then: hutong officers separate");
        if (const json::value* recovery = status_.if_contains("recovery"))
            return add(Level::warn, "officers",
                       "the owner recovers " + std::string(recovery->at("officer").as_string()) + " at " +
                           std::string(recovery->at("effective").as_string()),
                       "if that is not wanted: hutong officers recovery stop --as NAME");
        add(Level::ok, "officers", std::string(mode->as_string()));
    }

    void examine_ports() {
        json::value listening;
        if (const auto text = read_file(home_.listen_json()); text && running_) {
            boost::system::error_code wrong;
            listening = json::parse(*text, wrong);
        }
        const auto examine = [&](const char* name, const std::string& address) {
            PortFacts facts{name, address, running_, {}, false, {}};
            if (listening.is_object())
                if (const json::value* url = listening.get_object().if_contains(name);
                    url && url->is_string())
                    facts.listening_at = std::string(url->get_string());
            if (running_)
                facts.reachable = reachable(facts.listening_at);
            else if (!address.empty())
                facts.bind_error = bind_error(address);
            findings_.push_back(check_port(facts));
        };
        examine("http", config_.http.http);
        examine("https", config_.http.https);
    }

    void examine_certificates() {
        for (const NodeKey& key : node_keys()) {
            if (key.sm2_only && !has_key(home_, key.name)) continue;
            CertificateState state{key.name, {}, {}, {}};
            const auto facts = facts_of(chain_file(home_, key.name));
            if (facts) {
                state.subject = facts->subject;
                state.not_after = facts->not_after;
                newest_not_before_ =
                    std::max(newest_not_before_.value_or(facts->not_before), facts->not_before);
            } else {
                state.error = facts.error().detail;
            }
            findings_.push_back(check_certificate(state, now_));
        }
    }

    // Where each key lies, and whether who holds it answers: as the daemon knows it, else by asking.
    void examine_keys() {
        auto places = key_places(home_, config_.keys);
        if (!places) {
            add(Level::fail, "keys", places.error().detail, "mend [keys] in hutong.toml");
            return;
        }
        for (const NodeKey& key : node_keys()) {
            if (!has_key(home_, key.name)) continue;
            const std::string what = std::string("key ") + key.name;
            const std::string place = KeyPlaces::told(home_, key.name);
            if (places->fits(home_, key.name))
                add(Level::ok, what, place);
            else
                add(Level::warn, what, place + ", and the configuration wants it elsewhere",
                    "restart hutong on the node with the CA: a new key is made and certified there");
        }
        if (!config_.keys.passphrase_file.empty()) examine_encryption(home_.keys());
        if (!config_.keys.passphrase_file.empty()) examine_encryption(home_.pki());
        if (running_) return;  // what is wrong is among its hindrances
        if (const auto keys = load_signing_keys(home_, *places); !keys) {
            add(Level::fail, "keys", keys.error().detail, "hutong will not start until this is mended");
            return;
        } else {
            places->providers->look_after();
            for (const std::string& trouble : places->providers->troubles())
                add(Level::fail, "keys", trouble, "calls will be refused until this is mended");
        }
    }

    void examine_encryption(const std::filesystem::path& folder) {
        std::error_code failed;
        for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
            const auto content = read_file(entry.path());
            if (entry.path().extension() != ".key" || !content ||
                content->find("PRIVATE KEY") == content->npos)
                continue;
            if (!security::is_encrypted_key(*content))
                add(Level::warn, "key file " + entry.path().string(),
                    "not encrypted, though there is a passphrase",
                    "encrypt it with openssl pkcs8 -topk8 -scrypt (docs/keys.md)");
        }
    }

    // What the daemon knows of the certificates it issued and of others' CAs.
    void examine_pki() {
        const json::value* const pki = status_.if_contains("certificates");
        if (!pki) return;
        for (const json::value& one : pki->at("expiring").as_array()) {
            const auto days = one.at("days").to_number<int>();
            add(days > 7 ? Level::warn : Level::fail, "certificate " + text(one, "serial"),
                "expires in less than " + std::to_string(days) + " days: " + text(one, "subject") +
                    " until " + text(one, "not_after"),
                "renew it: hutong cert renew " + text(one, "serial") + " --csr FILE --out FILE");
        }
        for (const json::value& one : pki->at("revocation_troubles").as_array())
            add(Level::fail, "trusted CA " + text(one, "name"), text(one, "trouble"),
                "mend its address or wait for its owner; hutong trust list shows the state");
        for (const json::value& one : pki->at("without_revocation").as_array())
            add(Level::warn, "trusted CA " + text(one, "name"),
                "is believed without revocation, and nobody has said why",
                "hutong trust remove " + text(one, "thumbprint") +
                    ", then hutong trust add with --crl, --ocsp, or --no-revocation --reason");
    }

    static std::string text(const json::value& object, const char* name) {
        return std::string(object.at(name).as_string());
    }

    static Result<CertificateFacts> facts_of(const std::filesystem::path& file) {
        HUTONG_ASSIGN(const std::string pem, read_file(file));
        auto der = certificate_from_pem(pem);
        if (!der) return der.error().at(file.string());
        return certificate_facts(*der);
    }

    void examine_database() {
        if (config_.database.url.empty()) {
            if (!pg::EmbeddedServer::exists(home_))
                add(Level::fail, "database", "the embedded PostgreSQL is gone from " + home_.pg().string(),
                    "restore the folder from a backup");
            else if (!running_)
                add(Level::ok, "database", "embedded PostgreSQL, starts with hutong serve");
            else
                add_database_of_daemon();
            return;
        }
        const auto clock = database_clock(config_.database, config_.database.url);
        if (!clock) {
            add(Level::fail, "database", clock.error().detail,
                "start the server or mend database.url in hutong.toml; calls go on with the last snapshot "
                "meanwhile");
            return;
        }
        database_clock_ = *clock;
        add(Level::ok, "database", "answers");
    }

    void add_database_of_daemon() {
        const json::value* database = status_.if_contains("database");
        if (database && database->at("up").as_bool())
            add(Level::ok, "database", "embedded PostgreSQL answers");
        else
            add(Level::fail, "database", "the embedded PostgreSQL does not answer",
                "see " + (home_.log() / "postgres.log").string() + "; hutong starts it again by itself");
    }

    void examine_disks() {
        constexpr std::uint64_t little = 128u << 20;
        findings_.push_back(check_disk(disk_facts(home_.journal(), config_.journal.min_free_bytes)));
        findings_.push_back(check_disk(disk_facts(home_.spool(), little)));
        if (config_.database.url.empty()) findings_.push_back(check_disk(disk_facts(home_.pg(), little)));
        findings_.push_back(check_disk(disk_facts(home_.log(), little)));
    }

    void examine_secrets() {
        findings_.push_back(check_secret_file(file_mode(home_.keys(), home_.root)));
        findings_.push_back(check_secret_file(file_mode(home_.config(), home_.root)));
        for (const NodeKey& key : node_keys())
            if (!key.sm2_only || has_key(home_, key.name))
                findings_.push_back(check_secret_file(file_mode(key_file(home_, key.name), home_.root)));
        if (security::Authorities::exists(home_))
            findings_.push_back(check_secret_file(file_mode(home_.pki(), home_.root)));
    }

    void examine_journal() {
        security::JournalQuery newest;
        newest.limit = 1;
        const auto tail = security::read_journal(home_.journal(), newest);
        if (!tail)
            add(Level::fail, "journal", tail.error().detail, "hutong journal verify names the first fault");
        else if (tail->empty())
            add(Level::ok, "journal", "empty");
        else
            add(Level::ok, "journal", std::to_string(tail->front().position.sequence) + " records");
        if (!status_.empty()) examine_evidence(status_.at("journal"));
    }

    // What makes evidence of the journal: places that keep its heads, timestamps, the archive.
    void examine_evidence(const json::value& journal) {
        for (const json::value& place : journal.at("heads").as_array()) {
            const std::string name(place.at("place").as_string());
            const json::value& error = place.at("error");
            if (error.is_string())
                add(Level::warn, "journal heads", name + " is away: " + std::string(error.as_string()),
                    "bring it back: until then a rewritten journal is noticed by the other places only");
            else
                add(Level::ok, "journal heads",
                    name + " has them up to record " +
                        std::to_string(place.at("sequence").to_number<std::uint64_t>()));
        }
        for (const auto& [what, state] : journal.at("sealed").as_object())
            if (const json::value& error = state.at("error"); error.is_string())
                add(Level::warn, "journal " + std::string(what), std::string(error.as_string()),
                    "what waits is done by itself once this is mended");
    }

    const Home& home_;
    TimePoint now_;
    config::Config config_;
    bool running_{false};
    json::object status_;
    std::optional<TimePoint> newest_not_before_;
    std::optional<TimePoint> database_clock_;
    std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> examine(const Home& home) {
    return Examination(home).run();
}

}  // namespace hutong::doctor
