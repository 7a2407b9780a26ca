package nasty;

import org.junit.Test;

public class NamesTest {
    @Test
    public void fails() throws Exception {
        Ran.as(false, "NamesTest.fails");
    }

    @Test
    public void failsToo() throws Exception {
        Ran.as(true, "NamesTest.failsToo");
    }

    @Test
    public void dollar$fails() throws Exception {
        Ran.as(false, "NamesTest.dollar$fails");
    }

    @Test
    public void dollar$() throws Exception {
        Ran.as(true, "NamesTest.dollar$");
    }

    @Test
    public void größe_fällt() throws Exception {
        Ran.as(false, "NamesTest.größe_fällt");
    }

    @Test
    public void größe() throws Exception {
        Ran.as(true, "NamesTest.größe");
    }
}
