// Secrets sealed for the database: what can be opened, and by whom.
#include "security/keys/secret_box.hpp"

#include <filesystem>

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>

namespace hutong::security {

namespace {

namespace fs = std::filesystem;

class SecretBoxTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SecretBoxTest);
    CPPUNIT_TEST(opens_what_it_sealed);
    CPPUNIT_TEST(refuses_what_was_changed_or_moved);
    CPPUNIT_TEST(says_when_another_key_is_needed);
    CPPUNIT_TEST(makes_its_key_once_and_for_itself);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        std::string name = (fs::temp_directory_path() / "hutong-box-XXXXXX").string();
        CPPUNIT_ASSERT(mkdtemp(name.data()) != nullptr);
        folder_ = name;
        for (const char* node : {"one", "two"}) fs::create_directories(folder_ / node / "keys");
    }
    void tearDown() override { fs::remove_all(folder_); }

  private:
    Home home(const char* node) const {
        Home made;
        made.root = folder_ / node;
        return made;
    }

    void opens_what_it_sealed() {
        SecretBox::make(home("one")).value();
        const SecretBox box = SecretBox::load(home("one")).value();
        for (const std::string secret : {"", "x", "密码 with spaces"}) {
            const Bytes sealed = box.seal(secret, "agency").value();
            CPPUNIT_ASSERT_EQUAL(secret, box.open(sealed, "agency").value());
            CPPUNIT_ASSERT(sealed != box.seal(secret, "agency").value());
            // A short one may occur in random octets by chance.
            CPPUNIT_ASSERT(secret.size() < 8 || as_text(sealed).find(secret) == std::string_view::npos);
        }
    }

    void refuses_what_was_changed_or_moved() {
        const SecretBox box = SecretBox::make(home("one")).value();
        const Bytes sealed = box.seal("secret", "agency").value();
        CPPUNIT_ASSERT(box.open(sealed, "other").error().code == ErrorCode::corrupt);
        for (std::size_t i = 8; i < sealed.size(); ++i) {
            Bytes changed = sealed;
            changed[i] ^= 1;
            CPPUNIT_ASSERT(box.open(changed, "agency").error().code == ErrorCode::corrupt);
        }
        for (std::size_t size = 0; size < sealed.size(); ++size)
            CPPUNIT_ASSERT(box.open(ByteView(sealed).first(size), "agency").has_error());
    }

    void says_when_another_key_is_needed() {
        const SecretBox one = SecretBox::make(home("one")).value();
        const SecretBox two = SecretBox::make(home("two")).value();
        const auto opened = two.open(one.seal("secret", "agency").value(), "agency");
        CPPUNIT_ASSERT(opened.error().code == ErrorCode::not_found);
        CPPUNIT_ASSERT(opened.error().detail.find("passwords.key") != std::string::npos);
        // Brought by the operator, it opens.
        fs::copy_file(SecretBox::file_of(home("one")), SecretBox::file_of(home("two")),
                      fs::copy_options::overwrite_existing);
        const SecretBox brought = SecretBox::load(home("two")).value();
        CPPUNIT_ASSERT_EQUAL(std::string("secret"),
                             brought.open(one.seal("secret", "agency").value(), "agency").value());
    }

    void makes_its_key_once_and_for_itself() {
        CPPUNIT_ASSERT(SecretBox::load(home("one")).error().code == ErrorCode::not_found);
        SecretBox::make(home("one")).value();
        CPPUNIT_ASSERT(SecretBox::make(home("one")).error().code == ErrorCode::conflict);
        const std::string file = SecretBox::file_of(home("one")).string();
        struct stat status {};
        CPPUNIT_ASSERT_EQUAL(0, ::stat(file.c_str(), &status));
        CPPUNIT_ASSERT_EQUAL(0600U, static_cast<unsigned>(status.st_mode & 07777));
        ::chmod(file.c_str(), 0640);
        CPPUNIT_ASSERT(SecretBox::load(home("one")).error().code == ErrorCode::refused);
    }

    fs::path folder_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(SecretBoxTest);

}  // namespace

}  // namespace hutong::security
