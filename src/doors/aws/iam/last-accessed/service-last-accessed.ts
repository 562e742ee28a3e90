/**
 * Services last accessed. The answer is made when it is fetched, so that a job is complete at once.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html
 */
import { nowSecondsOf } from '../../../../core/context/request-context.ts';
import { Fault } from '../../../../core/faults.ts';
import { formatUuid } from '../../../../core/ids.ts';
import type { AccessJob, AccessUse } from '../../../../core/repositories/access-details.ts';
import type { Deps } from '../../../../usecases/deps.ts';
import { action } from '../../query/action.ts';
import { withDefault } from '../../query/field.ts';
import { arn } from '../../query/fields.ts';
import { oneOf, pattern, string } from '../../query/kinds.ts';
import { listOf, maybe, moment, record, text, wholeNumber } from '../../query/shape.ts';
import { pageFields, pageMembers, shortPage } from '../paging.ts';
import { allowedServices, documentsOf, serviceName } from './services-of.ts';

const UUID_BYTES = 16;

const jobId = () => string({ min: 36, max: 36 });
const serviceNamespace = () => string({ min: 1, max: 64, pattern: pattern('[\\w-]*') });

export const generateServiceLastAccessedDetails = action({
  name: 'GenerateServiceLastAccessedDetails',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:GenerateServiceLastAccessedDetails', resource: (input) => input.Arn },
  input: {
    Arn: arn(),
    Granularity: withDefault(oneOf(['SERVICE_LEVEL', 'ACTION_LEVEL']), 'SERVICE_LEVEL'),
  },
  output: { JobId: text },
  run: async ({ Arn, Granularity }, { caller: { accountId }, facts, deps }) => {
    await documentsOf(Arn, accountId, deps);
    const job: AccessJob = {
      jobId: formatUuid(deps.random.bytes(UUID_BYTES)),
      entityArn: Arn,
      granularity: Granularity,
      createdAtSeconds: nowSecondsOf(facts),
    };
    await deps.accessDetails.createJob(accountId, job);
    return { JobId: job.jobId };
  },
});

const jobMembers = { JobStatus: text, JobCreationDate: moment, JobCompletionDate: moment };

export const getServiceLastAccessedDetails = action({
  name: 'GetServiceLastAccessedDetails',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:GetServiceLastAccessedDetails', resource: () => '*' },
  input: { JobId: jobId(), ...pageFields },
  output: {
    ...jobMembers,
    JobType: text,
    ServicesLastAccessed: listOf(
      record({
        ServiceName: text,
        LastAuthenticated: maybe(moment),
        ServiceNamespace: text,
        LastAuthenticatedEntity: maybe(text),
        LastAuthenticatedRegion: maybe(text),
        TotalAuthenticatedEntities: wholeNumber,
        TrackedActionsLastAccessed: maybe(
          listOf(
            record({
              ActionName: text,
              LastAccessedEntity: maybe(text),
              LastAccessedTime: maybe(moment),
              LastAccessedRegion: maybe(text),
            }),
          ),
        ),
      }),
    ),
    ...pageMembers,
  },
  run: async (input, { caller: { accountId }, deps }) => {
    const job = await requireJob(accountId, input.JobId, deps);
    const documents = await documentsOf(job.entityArn, accountId, deps);
    const uses = await deps.accessDetails.usesOf(accountId, job.entityArn, null);
    const { items, end } = shortPage('services-last-accessed', allowedServices(documents, uses), input);
    return {
      ...jobOf(job),
      JobType: job.granularity,
      ServicesLastAccessed: items.map((namespace) =>
        serviceOf(
          namespace,
          uses.filter(({ service }) => service === namespace),
          job,
        ),
      ),
      ...end,
    };
  },
});

export const getServiceLastAccessedDetailsWithEntities = action({
  name: 'GetServiceLastAccessedDetailsWithEntities',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:GetServiceLastAccessedDetailsWithEntities', resource: () => '*' },
  input: { JobId: jobId(), ServiceNamespace: serviceNamespace(), ...pageFields },
  output: {
    ...jobMembers,
    EntityDetailsList: listOf(
      record({
        EntityInfo: record({ Arn: text, Name: text, Type: text, Id: text, Path: text }),
        LastAuthenticated: maybe(moment),
      }),
    ),
    ...pageMembers,
  },
  run: async (input, { caller: { accountId }, deps }) => {
    const job = await requireJob(accountId, input.JobId, deps);
    const uses = await deps.accessDetails.usesOf(accountId, job.entityArn, input.ServiceNamespace);
    const { items, end } = shortPage('entities-last-accessed', newestOfEach(uses), input);
    return { ...jobOf(job), EntityDetailsList: items.map(entityOf), ...end };
  },
});

async function requireJob(accountId: string, id: string, deps: Deps): Promise<AccessJob> {
  const job = await deps.accessDetails.findJob(accountId, id);
  if (job !== null) return job;
  throw new Fault('no_such_entity', `The job with id ${id} cannot be found.`);
}

const jobOf = ({ createdAtSeconds }: AccessJob) => ({
  JobStatus: 'COMPLETED',
  JobCreationDate: createdAtSeconds,
  JobCompletionDate: createdAtSeconds,
});

function serviceOf(namespace: string, uses: readonly AccessUse[], { granularity }: AccessJob) {
  const last = newest(uses);
  return {
    ServiceName: serviceName(namespace),
    ServiceNamespace: namespace,
    TotalAuthenticatedEntities: newestOfEach(uses).length,
    ...(last !== undefined && {
      LastAuthenticated: last.atSeconds,
      LastAuthenticatedEntity: last.entity.arn,
      LastAuthenticatedRegion: last.region,
    }),
    ...(granularity === 'ACTION_LEVEL' && { TrackedActionsLastAccessed: actionsOf(uses) }),
  };
}

function actionsOf(uses: readonly AccessUse[]) {
  const byAction = Map.groupBy(uses, ({ action: name }) => name);
  return [...byAction]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, own]) => {
      const last = newest(own);
      return {
        ActionName: name,
        LastAccessedEntity: last?.entity.arn,
        LastAccessedTime: last?.atSeconds,
        LastAccessedRegion: last?.region,
      };
    });
}

const newest = (uses: readonly AccessUse[]): AccessUse | undefined =>
  uses.reduce<AccessUse | undefined>(
    (best, use) => (best === undefined || use.atSeconds > best.atSeconds ? use : best),
    undefined,
  );

/** Each entity's newest use, in the order of the uses. */
const newestOfEach = (uses: readonly AccessUse[]): readonly AccessUse[] =>
  [...Map.groupBy(uses, ({ entity }) => entity.id).values()].flatMap((own) => newest(own) ?? []);

const entityOf = ({ entity, atSeconds }: AccessUse) => ({
  EntityInfo: {
    Arn: entity.arn,
    Name: entity.name,
    Type: entity.type.toUpperCase(),
    Id: entity.id,
    Path: entity.path,
  },
  LastAuthenticated: atSeconds,
});
