// What a dashboard of ours may hold, in Grafana's own types (@grafana/schema): a field that Grafana does not know,
// a word that is none of an enum's, a field that is missing: each is an error of tsc. SchemaTest writes each
// dashboard as a literal of the type Dashboard, since only literals are checked for fields too many.
import type * as g from '@grafana/schema';
import type {
  FieldConfig as HeatmapField,
  Options as HeatmapOptions,
} from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type {
  FieldConfig as StripField,
  Options as StripOptions,
} from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type {
  FieldConfig as RowsField,
  Options as RowsOptions,
} from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type {
  FieldConfig as LinesField,
  Options as LinesOptions,
} from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** As JSON writes it: of an enum of texts the texts; all else as it is. */
type Json<T> = T extends string ? `${T}` : T extends number | boolean | null | undefined ? T
  : T extends (infer E)[] ? Json<E>[] : T extends object ? { [K in keyof T]: Json<T[K]> } : T;

/** The one data source there is: that of the variable. */
type Datasource = { type: 'prometheus'; uid: '${datasource}' };

/** Grafana's schema leaves the queries of a data source to its plugin; these are the fields of Prometheus's. */
type Query = Omit<g.DataQuery, 'datasource'> & {
  datasource: Datasource;
  editorMode: 'code';
  expr: string;
  format: 'time_series' | 'table' | 'heatmap';
  instant: boolean;
  range: boolean;
  legendFormat?: string;
};

type Transformation =
  | { id: 'merge'; options: Record<string, never> }
  | { id: 'groupingToMatrix';
      options: { columnField: string; rowField: string; valueField: string; emptyValue: 'empty' | 'null' | 'true' | 'false' } }
  | { id: 'organize';
      options: {
        excludeByName: Record<string, boolean>;
        includeByName: Record<string, boolean>;
        indexByName: Record<string, number>;
        renameByName: Record<string, string>;
      } };

type Property<C> =
  | { id: 'unit' | 'displayName'; value: string }
  | { id: 'color'; value: Json<g.FieldColor> }
  | { id: 'mappings'; value: Json<g.ValueMapping>[] }
  | { id: 'links'; value: { title: string; url: string; targetBlank: boolean }[] }
  | (C extends { cellOptions?: infer O } ? { id: 'custom.cellOptions'; value: O } : never);

type PanelOf<T extends string, O, C> = Json<
  Omit<g.Panel, 'type' | 'options' | 'fieldConfig' | 'targets' | 'datasource' | 'transformations'>
> & {
  type: T;
  datasource: Datasource;
  options: Json<O>;
  fieldConfig: {
    defaults: Json<Omit<g.FieldConfig, 'custom'>> & { custom: Json<C> };
    overrides: { matcher: { id: 'byName'; options: string }; properties: Property<Json<C>>[] }[];
  };
  targets: Json<Query>[];
  transformations?: Transformation[];
};

type Panel =
  | Json<g.RowPanel>
  | PanelOf<'stat', StatOptions, Record<string, never>>
  | PanelOf<'timeseries', LinesOptions, LinesField>
  | PanelOf<'state-timeline', StripOptions, StripField>
  | PanelOf<'table', RowsOptions, RowsField>
  | PanelOf<'heatmap', HeatmapOptions, HeatmapField>;

type Variable = Omit<Json<g.VariableModel>, 'datasource' | 'query' | 'type'> &
  (
    | { type: 'datasource'; query: 'prometheus' }
    | { type: 'query'; datasource: Datasource; query: { query: string; refId: string } }
  );

/** The last four fields are those of Prometheus's plugin. */
type Annotation = Omit<Json<g.AnnotationQuery>, 'datasource' | 'target'> & {
  datasource: Datasource;
  target: { refId: string; expr: string; interval: string };
  titleFormat: string;
  textFormat: string;
  tagKeys: string;
  useValueForTime: boolean;
};

/** No `id`, which belongs to an installation of Grafana. */
export type Dashboard = Omit<Json<g.Dashboard>, 'id' | 'panels' | 'annotations' | 'templating'> & {
  panels: Panel[];
  annotations: { list: Annotation[] };
  templating: { list: Variable[] };
};
