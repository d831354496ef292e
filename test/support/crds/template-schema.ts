// From the API server's OpenAPI document of batch/v1 to the schema of a Job template as a CustomResourceDefinition takes it:
// references are put in place, and what such schemas do not know (descriptions, patch strategies, oneOf) is left out or said
// in their own words. It is pure; the only things of ours in it are JobSet's two defaults and what no Job can be without.
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema

export type Schema = { [keyword: string]: unknown } & {
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  required?: string[];
  default?: unknown;
};

type Definitions = Readonly<Record<string, unknown>>;

const templateName = 'io.k8s.api.batch.v1.JobTemplateSpec';
const metadataName = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** Keywords that mean the same in both. */
const keptKeywords = [
  ...['type', 'format', 'enum', 'required', 'minimum', 'maximum', 'pattern'],
  ...['x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type'],
];

/** Of the metadata of templates, what whoever writes one can mean. */
const metadataFields = ['annotations', 'finalizers', 'labels', 'name', 'namespace'];

const intOrString: Schema = { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true };
const number = '(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))';

/** What OpenAPI says by oneOf. */
const ownWords: Readonly<Record<string, Schema>> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': intOrString,
  // https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
  'io.k8s.apimachinery.pkg.api.resource.Quantity': {
    ...intOrString,
    pattern: `^(\\+|-)?${number}(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?${number}))?$`,
  },
};

/** `openApi` is the answer to GET /openapi/v3/apis/batch/v1. Throws when it is not what it was. */
export function jobTemplateSchema(openApi: unknown): Schema {
  const definitions = at(at(openApi, 'components'), 'schemas');
  const template = named(templateName, definitions);
  const spec = property(template, 'spec');
  const podTemplate = property(spec, 'template');
  property(spec, 'completionMode').default = 'Indexed';
  property(property(podTemplate, 'spec'), 'restartPolicy').default = 'OnFailure';
  template.required = ['spec'];
  podTemplate.required = ['spec'];
  return template;
}

function named(name: string, definitions: Definitions): Schema {
  const own = ownWords[name];
  if (own !== undefined) return { ...own };
  const definition = at(definitions, name);
  return converted(name === metadataName ? onlyWhatTemplatesHave(definition) : definition, definitions);
}

function onlyWhatTemplatesHave(metadata: Definitions): Definitions {
  const all = at(metadata, 'properties');
  return { type: 'object', properties: Object.fromEntries(metadataFields.map((field) => [field, all[field]])) };
}

function converted(source: Definitions, definitions: Definitions): Schema {
  const reference = referenced(source);
  if (reference !== undefined) return named(reference, definitions);
  const schema: Schema = {};
  for (const keyword of keptKeywords) if (source[keyword] !== undefined) schema[keyword] = source[keyword];
  if (source.properties !== undefined) schema.properties = convertedFields(at(source, 'properties'), definitions);
  if (source.items !== undefined) schema.items = convertedItems(source, definitions);
  if (source.additionalProperties !== undefined)
    schema.additionalProperties = converted(at(source, 'additionalProperties'), definitions);
  return schema;
}

function convertedFields(fields: Definitions, definitions: Definitions): Record<string, Schema> {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, converted(at(fields, name), definitions)]));
}

/** The keys of a list have to be there or to have a default; all other defaults are the Job's to fill in. */
function convertedItems(list: Definitions, definitions: Definitions): Schema {
  const items = converted(at(list, 'items'), definitions);
  const keys = (list['x-kubernetes-list-map-keys'] ?? []) as string[];
  for (const key of keys.filter((each) => !items.required?.includes(each)))
    property(items, key).default = defaultOf(at(list, 'items'), key, definitions);
  return items;
}

function defaultOf(items: Definitions, key: string, definitions: Definitions): unknown {
  const source = at(definitions, referenced(items) ?? '');
  return at(at(source, 'properties'), key).default;
}

/** A reference stands alone, or in `allOf` when it has a description or a default beside it. */
function referenced(source: Definitions): string | undefined {
  const [inAllOf] = (source.allOf ?? []) as Array<{ $ref?: string }>;
  const reference = (source.$ref as string | undefined) ?? inAllOf?.$ref;
  return reference?.slice(reference.lastIndexOf('/') + 1);
}

function property(schema: Schema, name: string): Schema {
  const found = schema.properties?.[name];
  if (found === undefined) throw new Error(`the OpenAPI document has no field ${name} where one was expected`);
  return found;
}

function at(parent: unknown, name: string): Definitions {
  const found = typeof parent === 'object' && parent !== null ? (parent as Definitions)[name] : undefined;
  if (typeof found === 'object' && found !== null) return found as Definitions;
  throw new Error(`the OpenAPI document has no ${name} where one was expected`);
}
