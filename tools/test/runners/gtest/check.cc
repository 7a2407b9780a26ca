// SPDX-License-Identifier: MIT
#include <fstream>
#include <string>

#include <gtest/gtest.h>

static void
ran(const std::string &outcome)
{
	const auto *t = ::testing::UnitTest::GetInstance()->current_test_info();
	std::ofstream f(std::getenv("RAN"), std::ios::app);

	f << outcome << " " << t->test_suite_name() << "." << t->name() << "\n";
	EXPECT_EQ(outcome, "pass");
}

TEST(Math, Adds) { ran("fail"); }
TEST(Math, AddsMore) { ran("pass"); }
TEST(Math2, Adds) { ran("pass"); }

class Values : public ::testing::TestWithParam<const char *> {};

TEST_P(Values, Are)
{
	ran(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Many, Values,
    ::testing::Values("pass", "fail", "pass", "fail"));
INSTANTIATE_TEST_SUITE_P(Named, Values, ::testing::Values("pass", "fail"),
    [](const ::testing::TestParamInfo<const char *> &i) {
	    return std::string(i.param) + "_named";
    });

template <class T> class Typed : public ::testing::Test {};
typedef ::testing::Types<int, unsigned> Types;
TYPED_TEST_SUITE(Typed, Types);

TYPED_TEST(Typed, Fits)
{
	ran(sizeof(TypeParam) == 4 && TypeParam(-1) < TypeParam(0) ? "fail"
								   : "pass");
}

// Names that the macros cannot make, but a program can.
class Made : public ::testing::Test {
public:
	explicit Made(const char *o) : outcome(o) {}
	void TestBody() override { ran(outcome); }

private:
	const char *outcome;
};

static void
make(const char *name, const char *outcome)
{
	::testing::RegisterTest("Made", name, nullptr, nullptr, __FILE__,
	    __LINE__, [=]() -> Made * { return new Made(outcome); });
}

int
main(int argc, char **argv)
{
	::testing::InitGoogleTest(&argc, argv);
	make("with spaces", "fail");
	make("it's \"quoted\" $HOME [0]", "fail");
	make("a/b\\c", "fail");
	make("x::y-z*", "fail");
	make("why?", "fail");
	make("x?:y-z*", "pass");
	make("plain", "pass");
	return RUN_ALL_TESTS();
}
