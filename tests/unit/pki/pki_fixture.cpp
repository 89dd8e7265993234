#include "pki_fixture.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <cppunit/extensions/HelperMacros.h>

#include "base/ids.hpp"

namespace hutong::security::test {

namespace {

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream content;
    content << in.rdbuf();
    return content.str();
}

}  // namespace

PkiHome::PkiHome() : home{std::filesystem::temp_directory_path() / ("hutong-pki-" + new_uuid())} {
    home.create().value();
}

PkiHome::~PkiHome() {
    std::error_code ignored;
    std::filesystem::remove_all(home.root, ignored);
}

std::unique_ptr<Authorities> PkiHome::found_all() const {
    Authorities::found(home, {"互通", "https://gateway.gov.test:8443"}).value();
    return std::move(Authorities::open(home).value());
}

std::shared_ptr<const Authority> PkiHome::found() const {
    return found_all()->choose().value();
}

void PkiHome::write(const std::string& name, std::string_view content) const {
    std::ofstream(at(name), std::ios::binary)
        .write(content.data(), static_cast<std::streamsize>(content.size()));
}

std::string PkiHome::shell(const std::string& command) const {
    const int status =
        std::system(("cd " + home.root.string() + " && (" + command + ") >output 2>&1").c_str());
    const std::string output = read(at("output"));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(command + "\n" + output, 0, status);
    return output;
}

std::string PkiHome::request(const std::string& algorithm) const {
    shell("openssl req -nodes -newkey " + algorithm +
          " -subj /CN=ignored -keyout request.key -out request.csr");
    return read(at("request.csr"));
}

Issued PkiHome::issue(const Authority& authority, Profile profile) const {
    const std::vector<std::string> names = profile == Profile::tls_server
                                               ? std::vector<std::string>{"gateway.gov.test", "127.0.0.1"}
                                               : std::vector<std::string>{};
    return authority
        .issue(request("rsa:2048"), profile, "税务局", "State Tax", names, std::chrono::hours(24 * 365))
        .value();
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace hutong::security::test
