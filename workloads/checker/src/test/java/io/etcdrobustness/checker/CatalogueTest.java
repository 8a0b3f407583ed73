package io.etcdrobustness.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatalogueTest {

  private static final Catalogue ALL = Catalogue.of(Catalogue.Options.DEFAULT);

  @Test
  void everyPropertyIsExplainedInItsOwnWords() {
    Set<String> seen = new HashSet<>();
    for (Property property : ALL.properties()) {
      Property.Explanation words = property.explanation();
      for (String text :
          List.of(
              words.statement(),
              words.reason(),
              words.origin(),
              words.judgement(),
              words.debugging())) {
        assertThat(text).as(property.name()).hasSizeGreaterThan(20);
        assertThat(seen.add(text)).as("%s repeats: %s", property.name(), text).isTrue();
      }
    }
  }

  @Test
  void theExplanationShowsAllItsParts() {
    for (Property property : ALL.properties()) {
      Property.Explanation words = property.explanation();
      assertThat(Explainer.explain(property))
          .startsWith(property.name() + " (")
          .contains(
              words.statement(),
              words.reason(),
              words.origin(),
              words.judgement(),
              words.debugging());
    }
  }

  @Test
  void namesAreUniqueAndInCamelCase() {
    assertThat(ALL.names()).doesNotHaveDuplicates().allMatch(n -> n.matches("([A-Z][a-z]*)+"));
    assertThat(ALL.find("MembersAgree")).isPresent();
    assertThat(ALL.find("membersagree")).isEmpty();
  }

  @Test
  void aPropertyMayBeLeftOutOrChosen() {
    Catalogue some = ALL.without(Set.of("NoPanic")).only(Set.of("NoPanic", "MembersAgree"));

    assertThat(some.names()).containsExactly("MembersAgree", "NoPanic");
    assertThat(some.properties().stream().filter(some::excludes).map(Property::name))
        .containsExactly("NoPanic");
  }

  @Test
  void aNameThatDoesNotExistIsRefusedWithThoseThatDo() {
    assertThatThrownBy(() -> ALL.without(Set.of("NoPanik")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NoPanik")
        .hasMessageContaining("NoPanic,");
    assertThatThrownBy(() -> ALL.only(Set.of("X"))).hasMessageContaining("no property is called X");
    Property twice = ALL.properties().getFirst();
    assertThatThrownBy(() -> Catalogue.of(List.of(twice, twice)))
        .hasMessageContaining("two properties");
  }
}
