package nasty;

import org.junit.Test;
import org.junit.experimental.runners.Enclosed;
import org.junit.runner.RunWith;

@RunWith(Enclosed.class)
public class OuterTest {
    public static class Inner {
        @Test
        public void fails() throws Exception {
            Ran.as(false, "OuterTest.Inner.fails");
        }

        @Test
        public void passes() throws Exception {
            Ran.as(true, "OuterTest.Inner.passes");
        }
    }
}
