// The main of every unit test program: runs all registered CppUnit suites and says how many cases ran of how
// many.
#include <iostream>

#include <cppunit/BriefTestProgressListener.h>
#include <cppunit/CompilerOutputter.h>
#include <cppunit/TestResult.h>
#include <cppunit/TestResultCollector.h>
#include <cppunit/TestRunner.h>
#include <cppunit/extensions/TestFactoryRegistry.h>

#include "base/xml/document.hpp"

int main() {
    hutong::xml::initialize();
    CppUnit::Test* all = CppUnit::TestFactoryRegistry::getRegistry().makeTest();
    const int expected = all->countTestCases();
    CppUnit::TestResult controller;
    CppUnit::TestResultCollector collected;
    CppUnit::BriefTestProgressListener progress;
    controller.addListener(&collected);
    controller.addListener(&progress);
    CppUnit::TestRunner runner;
    runner.addTest(all);
    runner.run(controller);
    CppUnit::CompilerOutputter(&collected, std::cerr).write();
    std::cout << "ran " << collected.runTests() << " of " << expected << " cases, "
              << collected.testFailuresTotal() << " failed\n";
    return collected.wasSuccessful() && collected.runTests() == expected && expected > 0 ? 0 : 1;
}
