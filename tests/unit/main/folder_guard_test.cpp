// A failed init or join leaves the folder as it was; the lock lets one daemon in.
#include "gateway/main/setup/folder_guard.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <unistd.h>

#include "base/ids.hpp"
#include "gateway/main/daemon/home_lock.hpp"
#include "gateway/main/files.hpp"
#include "gateway/main/setup/new_node.hpp"

using namespace hutong;
namespace fs = std::filesystem;

class FolderGuardTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FolderGuardTest);
    CPPUNIT_TEST(an_absent_folder_is_absent_again);
    CPPUNIT_TEST(an_empty_folder_is_empty_again);
    CPPUNIT_TEST(a_kept_folder_stays);
    CPPUNIT_TEST(a_full_folder_is_refused_untouched);
    CPPUNIT_TEST(a_platform_is_refused_untouched);
    CPPUNIT_TEST(one_lock_per_home);
    CPPUNIT_TEST(a_replaced_file_is_whole);
    CPPUNIT_TEST_SUITE_END();

    Home home_;

  public:
    void setUp() override { home_.root = fs::temp_directory_path() / ("hutong-test-" + new_uuid()); }
    void tearDown() override { fs::remove_all(home_.root); }

    void an_absent_folder_is_absent_again() {
        {
            const auto guard = setup::FolderGuard::make(home_);
            CPPUNIT_ASSERT(guard);
            CPPUNIT_ASSERT(setup::make_node(home_, config::Config{}));
            CPPUNIT_ASSERT(home_.node_id());
        }
        CPPUNIT_ASSERT(!fs::exists(home_.root));
    }

    void an_empty_folder_is_empty_again() {
        fs::create_directory(home_.root);
        {
            const auto guard = setup::FolderGuard::make(home_);
            CPPUNIT_ASSERT(guard);
            CPPUNIT_ASSERT(setup::make_node(home_, config::Config{}));
        }
        CPPUNIT_ASSERT(fs::exists(home_.root));
        CPPUNIT_ASSERT(fs::is_empty(home_.root));
    }

    void a_kept_folder_stays() {
        {
            auto guard = setup::FolderGuard::make(home_);
            CPPUNIT_ASSERT(guard);
            CPPUNIT_ASSERT(setup::make_node(home_, config::Config{}));
            guard->keep();
        }
        CPPUNIT_ASSERT(home_.node_id());
        CPPUNIT_ASSERT(config::load(home_.config()));
        CPPUNIT_ASSERT((fs::status(home_.config()).permissions() & fs::perms::others_all) == fs::perms::none);
    }

    void a_full_folder_is_refused_untouched() {
        fs::create_directory(home_.root);
        CPPUNIT_ASSERT(replace_file(home_.root / "letter", "dear", 0600));
        const auto guard = setup::FolderGuard::make(home_);
        CPPUNIT_ASSERT(!guard);
        CPPUNIT_ASSERT(guard.error().code == ErrorCode::conflict);
        CPPUNIT_ASSERT(guard.error().detail.find("letter") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("dear"), *read_file(home_.root / "letter"));
    }

    void a_platform_is_refused_untouched() {
        CPPUNIT_ASSERT(setup::make_node(home_, config::Config{}));
        const std::string node = *home_.node_id();
        CPPUNIT_ASSERT(setup::FolderGuard::make(home_).error().code == ErrorCode::conflict);
        CPPUNIT_ASSERT_EQUAL(node, *home_.node_id());
    }

    void one_lock_per_home() {
        CPPUNIT_ASSERT(setup::make_node(home_, config::Config{}));
        CPPUNIT_ASSERT(!daemon::running_daemon(home_));
        {
            const auto lock = daemon::HomeLock::take(home_);
            CPPUNIT_ASSERT(lock);
            CPPUNIT_ASSERT_EQUAL(::getpid(), daemon::running_daemon(home_).value_or(0));
            const auto second = daemon::HomeLock::take(home_);
            CPPUNIT_ASSERT(!second);
            CPPUNIT_ASSERT(second.error().detail.find(std::to_string(::getpid())) != std::string::npos);
        }
        CPPUNIT_ASSERT(!daemon::running_daemon(home_));
        CPPUNIT_ASSERT(daemon::HomeLock::take(home_));
    }

    void a_replaced_file_is_whole() {
        fs::create_directory(home_.root);
        const fs::path file = home_.root / "listen.json";
        CPPUNIT_ASSERT(replace_file(file, "first", 0644));
        CPPUNIT_ASSERT(replace_file(file, "second", 0600));
        CPPUNIT_ASSERT_EQUAL(std::string("second"), *read_file(file));
        CPPUNIT_ASSERT(read_file(file, 3).error().code == ErrorCode::limit);
        CPPUNIT_ASSERT(read_file(home_.root / "absent").error().code == ErrorCode::not_found);
        CPPUNIT_ASSERT(!read_file(home_.root));
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{1},
                             std::distance(fs::directory_iterator(home_.root), fs::directory_iterator()));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FolderGuardTest);
