// Contracts on disk, their identity, and the ways out of a bundle that must be closed.
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "contracts.hpp"
#include "wsdl/model/location.hpp"

namespace hutong::wsdl::test {

class BundleTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(BundleTest);
    CPPUNIT_TEST(locations);
    CPPUNIT_TEST(mirrored_addresses);
    CPPUNIT_TEST(follows_imports_upwards);
    CPPUNIT_TEST(takes_only_contract_files);
    CPPUNIT_TEST(does_not_climb_too_far_nor_follow_links_out);
    CPPUNIT_TEST(load_errors);
    CPPUNIT_TEST(content_id_is_the_identity);
    CPPUNIT_TEST_SUITE_END();

    std::filesystem::path folder_;

    void write(const std::string& path, const std::string& text) const {
        std::filesystem::create_directories((folder_ / path).parent_path());
        std::ofstream(folder_ / path, std::ios::binary) << text;
    }

    static std::string importing(const std::string& location) {
        return with(good_wsdl, "elementFormDefault=\"qualified\">",
                    "elementFormDefault=\"qualified\"><xs:include schemaLocation=\"" + location + "\"/>");
    }

    Bundle loaded(const std::string& path) const {
        auto bundle = load_bundle(folder_ / path);
        CPPUNIT_ASSERT_MESSAGE(bundle ? "" : bundle.error().detail, bundle.has_value());
        return std::move(*bundle);
    }

    static constexpr const char* schema =
        "<schema xmlns=\"http://www.w3.org/2001/XMLSchema\" targetNamespace=\"urn:company\"/>";

  public:
    void setUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "hutong-wsdl-XXXXXX").string();
        CPPUNIT_ASSERT(mkdtemp(pattern.data()) != nullptr);
        folder_ = std::filesystem::canonical(pattern);
    }
    void tearDown() override { std::filesystem::remove_all(folder_); }

    void locations() {
        using Kind = Location::Kind;
        const auto at = [](const char* base, const char* location, Kind kind, const char* path) {
            const Location found = locate(base, location);
            CPPUNIT_ASSERT_MESSAGE(location, found.kind == kind);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(location, std::string(path), found.path);
        };
        at("a/b/main.wsdl", "x.xsd", Kind::inside, "a/b/x.xsd");
        at("a/b/main.wsdl", " ./c//../x.xsd#part ", Kind::inside, "a/b/x.xsd");
        at("a/b/main.wsdl", "../../x.xsd", Kind::inside, "x.xsd");
        at("a/b/main.wsdl", "..\\x.xsd", Kind::inside, "a/x.xsd");
        at("a/b/main.wsdl", "%E6%95%B0%20.xsd", Kind::inside, "a/b/数 .xsd");
        at("a/b/main.wsdl", "../../../x.xsd", Kind::outside, "");
        at("main.wsdl", "a/../../x.xsd", Kind::outside, "");
        at("main.wsdl", "%2e%2e%2fx.xsd", Kind::outside, "");
        at("main.wsdl", "..%5cx.xsd", Kind::outside, "");
        at("main.wsdl", "/etc/passwd", Kind::outside, "");
        at("main.wsdl", "//host/x.xsd", Kind::outside, "");
        at("main.wsdl", "x%00.xsd", Kind::outside, "");
        at("main.wsdl", "", Kind::outside, "");
        at("main.wsdl", "http://host:1/a/../b.xsd", Kind::absolute, "host:1/b.xsd");
        at("main.wsdl", "http://h/../../../etc/passwd", Kind::absolute, "");
        at("main.wsdl", "file:///etc/passwd", Kind::absolute, "etc/passwd");
        CPPUNIT_ASSERT_EQUAL(std::string("a/%E6%95%B0%20%26%3F.xsd"), percent_encode("a/数 &?.xsd"));
        CPPUNIT_ASSERT_EQUAL(std::string("100%"), percent_decode("100%"));
    }

    void mirrored_addresses() {
        const Bundle bundle =
            bundle_of(importing("http://host.example/s/x.xsd"), {{"host.example/s/x.xsd", schema}});
        CPPUNIT_ASSERT_EQUAL(std::string(), listed(described(bundle)));
    }

    void follows_imports_upwards() {
        write("v1/wsdl/main.wsdl", importing("../../v1/types/a.xsd"));
        write("v1/types/a.xsd", with(schema, "/>", "><include schemaLocation='../../b.xsd'/></schema>"));
        write("b.xsd", with(schema, "/>", "><include schemaLocation='v1/types/a.xsd'/></schema>"));
        write("unrelated.xsd", schema);
        const Bundle bundle = loaded("v1/wsdl/main.wsdl");
        CPPUNIT_ASSERT_EQUAL(std::string("v1/wsdl/main.wsdl"), bundle.main);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, bundle.files.size());
        CPPUNIT_ASSERT(bundle.files.contains("v1/types/a.xsd") && bundle.files.contains("b.xsd"));
        CPPUNIT_ASSERT_EQUAL(std::string(), listed(described(bundle)));
        // The way up counts even where it leads down again.
        write("b.xsd", schema);
        write("v1/types/a.xsd", schema);
        CPPUNIT_ASSERT_EQUAL(std::string(), listed(described(loaded("v1/wsdl/main.wsdl"))));
    }

    void takes_only_contract_files() {
        write("main.wsdl", importing("secret.pem"));
        write("secret.pem", "-----BEGIN PRIVATE KEY-----");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, loaded("main.wsdl").files.size());
        write("secret.pem", "<tomcat-users><user password='x'/></tomcat-users>");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, loaded("main.wsdl").files.size());
        // A schema with a mistake comes along, so that the finding can name the line.
        write("secret.pem", "<schema xmlns=\"http://www.w3.org/2001/XMLSchema\">\n<");
        const Description description = described(loaded("main.wsdl"));
        const Finding* finding = find_rule(description, "HT-WSDL-004");
        CPPUNIT_ASSERT(finding != nullptr);
        CPPUNIT_ASSERT_EQUAL(std::string("secret.pem:2"), finding->place.text());
    }

    void does_not_climb_too_far_nor_follow_links_out() {
        write("1/2/3/4/5/main.wsdl", importing("../../../../../top.xsd"));
        write("top.xsd", schema);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, loaded("1/2/3/4/5/main.wsdl").files.size());
        write("1/2/3/4/5/main.wsdl", importing("../../../../near.xsd"));
        write("1/near.xsd", schema);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, loaded("1/2/3/4/5/main.wsdl").files.size());
        write("1/2/3/4/5/main.wsdl", importing("link.xsd"));
        std::filesystem::create_symlink(folder_ / "top.xsd", folder_ / "1/2/3/4/5/link.xsd");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, loaded("1/2/3/4/5/main.wsdl").files.size());
    }

    void load_errors() {
        CPPUNIT_ASSERT(load_bundle(folder_ / "none.wsdl").error().code == ErrorCode::not_found);
        CPPUNIT_ASSERT(load_bundle(folder_).error().code == ErrorCode::invalid);
        write("main.wsdl", importing("a.xsd"));
        write("a.xsd", schema);
        config::Wsdl small;
        small.max_files = 1;
        CPPUNIT_ASSERT(load_bundle(folder_ / "main.wsdl", small).error().code == ErrorCode::limit);
        small = {};
        small.max_bundle_bytes = 64;
        CPPUNIT_ASSERT(load_bundle(folder_ / "main.wsdl", small).error().code == ErrorCode::limit);
    }

    void content_id_is_the_identity() {
        const Bundle bundle = bundle_of("ab", {{"x", "c"}});
        CPPUNIT_ASSERT_EQUAL(std::size_t{64}, content_id(bundle).size());
        CPPUNIT_ASSERT_EQUAL(content_id(bundle), content_id(bundle_of("ab", {{"x", "c"}})));
        CPPUNIT_ASSERT(content_id(bundle) != content_id(bundle_of("a", {{"x", "bc"}})));
        CPPUNIT_ASSERT(content_id(bundle) != content_id(bundle_of("ab", {{"xc", ""}})));
        CPPUNIT_ASSERT(content_id(bundle) != content_id(Bundle{bundle.files, "x"}));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(BundleTest);

}  // namespace hutong::wsdl::test
