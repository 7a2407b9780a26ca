package nasty;

import java.util.Arrays;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;
import org.junit.runners.Parameterized.Parameters;

@RunWith(Parameterized.class)
public class RowsTest {
    private final String row;

    public RowsTest(String row) {
        this.row = row;
    }

    @Parameters(name = "{0}")
    public static Iterable<Object[]> rows() {
        return Arrays.asList(new Object[][] {
            { "plain" }, { "a b/c" }, { "it's \"$HOME\"" }, { "x::y" },
        });
    }

    @Test
    public void row() throws Exception {
        Ran.as(!row.equals("a b/c") && !row.startsWith("it's"), "RowsTest.row " + row);
    }

    @Test
    public void rowToo() throws Exception {
        Ran.as(true, "RowsTest.rowToo " + row);
    }
}
